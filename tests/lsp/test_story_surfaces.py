"""LSP's own surfaces in a client without any plugin: symbols, lenses, hovers, actions, progress, the log, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lsp.client import Json, ServerError, connected, run_async
from tests.lsp.support import (
    CAPABLE,
    INVALID_PARAMS,
    SERVE,
    command,
    configure,
    counted_lenses,
    document,
    finished_job,
    found_in,
    indexed,
    many_functions,
    messages,
    messages_of_trace,
    position_of,
    search,
    serving,
    until,
)
from tests.support import write_tree

WEIGH = '''\
def weigh(parcel):
    """Sum the weight of all items."""
    total = 0
    for item in parcel.items:
        total += item.weight
    return total
'''

GREET = """\


def greet(name):
    print("hello", name)
    open(name).write("x")
    raise KeyError(name)
"""

GO = """\
package parcels

func Weigh(parcel Parcel) int {
	total := 0
	for _, item := range parcel.Items {
		total += item.Weight
	}
	return total
}
"""

LEDGER = "\n".join(
    [
        "class Ledger:",
        *(f"    def book_{n}(self, entry):\n" + f"        self.lines.append((entry, {n}))\n" * 40 for n in range(2)),
    ]
)

PARCELS = {
    "scale.py": WEIGH + GREET,
    "old/scale.py": f'"""Old."""\n\n\n{WEIGH}',
    "weight.py": WEIGH.replace("weigh(", "weight_of("),
    "go/parcels.go": GO,
    "ledger.py": LEDGER,
    "build/made.py": WEIGH,
    ".gitignore": "build/\n",
}

NAME = {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 9}}
"""Of the function that has others like it, in scale.py."""

WARNING, INFO = 2, 3


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    """A workspace in which one function has a copy, a variant and a twin in Go, and another nothing that is alike."""
    return write_tree(tmp_path / "parcels", PARCELS)


@run_async
async def test_the_symbol_search_takes_a_question_and_answers_the_last_letter(parcels: Path) -> None:
    async with serving(parcels, is_indexed=True) as client:

        async def symbols(question: str) -> dict[str, Json]:
            return {one["name"]: one for one in await client.request("workspace/symbol", {"query": question})}

        weight_of = (await symbols("where is the weight_of all items summed"))["weight_of"]
        range_ = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 16}}
        location = {"uri": (parcels / "weight.py").as_uri(), "range": range_}
        assert weight_of == {"name": "weight_of", "kind": 12, "containerName": "weight.py", "location": location}
        book = (await symbols("book_1"))["book_1"]
        assert (book["kind"], book["containerName"]) == (6, "Ledger · ledger.py")
        nameless = (await symbols("package parcels in go"))["parcels.go:1"]
        assert nameless["kind"] == 15
        assert await symbols(" we ") == {}

        question = "weight_of"
        asked = [client.ask("workspace/symbol", {"query": question[:n]}) for n in range(1, len(question) + 1)]
        answers = [await client.outcome(msg_id) for msg_id in asked]
        assert answers[-1][0]["name"] == "weight_of"
        assert answers[:2] == [[], []]

        configure(client, {"workspaceSymbol": {"minChars": 9}, "search": {"limit": 1}})
        await until(client, "workspace/symbol", {"query": "weight_o"}, lambda found: found == [])
        assert [*await symbols("weight_of")] == ["weight_of"]
        configure(client, {"workspaceSymbol": {"enabled": False}})
        await until(client, "workspace/symbol", {"query": "weight_of"}, lambda found: found == [])


@run_async
async def test_lenses_are_counted_later_and_shown_where_there_is_something_alike(parcels: Path) -> None:
    place = {"textDocument": document(parcels / "scale.py")}
    async with serving(parcels, capabilities=CAPABLE, is_indexed=True) as client:
        n_said = len(client.said)
        first = await client.request("textDocument/codeLens", place)
        assert [one["range"]["start"]["line"] for one in first if "command" not in one] == [0, 8]
        resolved = await client.request("codeLens/resolve", first[0])
        assert (resolved["range"], resolved["command"]["command"]) == (NAME, "whence.showSimilar")
        assert "similar" in resolved["command"]["title"]

        await client.wait_for("workspace/codeLens/refresh", since=n_said)
        (lens,) = await counted_lenses(client, parcels / "scale.py")
        assert (lens["range"], lens["command"]["title"]) == (NAME, "3 similar")
        assert (await client.request("codeLens/resolve", lens))["command"] == lens["command"]
        behind = await client.request("whence/similar", lens["command"]["arguments"][0])
        assert behind["target"]["symbol"] == "weigh"
        ignored = {"textDocument": document(parcels / "build" / "made.py")}
        client.open(parcels / "build" / "made.py", WEIGH)
        assert await client.request("textDocument/codeLens", ignored) == []

        n_said = len(client.said)
        write_tree(parcels, {"more.py": WEIGH.replace("weigh(", "weigh_again(")})
        client.save(parcels / "more.py")
        await client.wait_for("workspace/codeLens/refresh", since=n_said)
        await until(client, "textDocument/codeLens", place, lambda lenses: titles(lenses) == ["4 similar"])

        configure(client, {"similar": {"threshold": 0.8}})
        await until(client, "textDocument/codeLens", place, lambda lenses: titles(lenses) == ["3 similar"])
        configure(client, {})
        await until(client, "textDocument/codeLens", place, lambda lenses: titles(lenses) == ["4 similar"])
        configure(client, {"codeLens": {"minimum": 5}})
        await until(client, "textDocument/codeLens", place, lambda lenses: lenses == [])
        configure(client, {"codeLens": {"minimum": 4}})
        await until(client, "textDocument/codeLens", place, lambda lenses: titles(lenses) == ["4 similar"])
        configure(client, {"codeLens": {"enabled": False}})
        await until(client, "textDocument/codeLens", place, lambda lenses: lenses == [])


@run_async
async def test_a_hover_names_up_to_three_places_on_a_definitions_name_alone(parcels: Path) -> None:
    write_tree(parcels, {f"copy{n}.py": f'"""Copy {n}."""\n\n\n{WEIGH}' for n in range(3)})
    place = {"textDocument": document(parcels / "weight.py")}
    async with serving(parcels, is_indexed=True) as client:
        on_name = {**place, "position": {"line": 0, "character": 6}}
        shown = await until(client, "textDocument/hover", on_name, lambda hover: hover is not None)
        assert shown["range"]["start"] == {"line": 0, "character": 4}
        assert shown["contents"]["kind"] == "markdown"
        title, _blank, *lines = shown["contents"]["value"].splitlines()
        assert title == "**Similar implementations**"
        link = re.fullmatch(r"- \[weigh\]\((.+)#L(\d)\) · (.+):(\d) · nearly the same \(\d\.\d\d\)", lines[0])
        assert link is not None
        assert (link[1], link[2]) == ((parcels / link[3]).as_uri(), link[4])
        assert len(lines) <= 3

        # Four copies of the same text are more than three places, too.
        of_copies = {"textDocument": document(parcels / "scale.py"), "position": NAME["end"]}
        shown = await until(client, "textDocument/hover", of_copies, lambda hover: hover is not None)
        assert shown["range"] == NAME
        assert shown["contents"]["value"].count("the same text") == 3
        of_go = {"textDocument": document(parcels / "go" / "parcels.go"), "position": position_of(GO, "Weigh")}
        shown = await until(client, "textDocument/hover", of_go, lambda hover: hover is not None)
        assert " · python · " in shown["contents"]["value"]

        for line, character in [(0, 1), (0, 11), (4, 12), (8, 5)]:  # def, parameter, body, a name nothing is like
            elsewhere = {"textDocument": document(parcels / "scale.py"), "position": at(line, character)}
            assert await client.request("textDocument/hover", elsewhere) is None
        configure(client, {"hover": {"enabled": False}})
        await until(client, "textDocument/hover", on_name, lambda hover: hover is None)


@run_async
async def test_similar_code_is_found_from_a_menu_and_the_place_that_is_picked_is_shown(parcels: Path) -> None:
    scale = {"textDocument": document(parcels / "scale.py")}
    async with serving(parcels, capabilities=CAPABLE, is_indexed=True) as client:
        assert "whence.showSimilar" in client.capabilities["executeCommandProvider"]["commands"]

        async def actions(start: Json, end: Json, **context: Json) -> Json:
            params = {**scale, "range": {"start": start, "end": end}, "context": {"diagnostics": [], **context}}
            return await client.request("textDocument/codeAction", params)

        (at_cursor,) = await actions(at(4, 0), at(4, 0))
        (of_selection,) = await actions(at(2, 0), at(5, 0))
        assert at_cursor["title"] == of_selection["title"] == "Find similar code"
        assert of_selection["command"]["arguments"] == [{**scale, "range": {"start": at(2, 0), "end": at(5, 0)}}]
        assert await actions(at(6, 0), at(6, 0)) == []
        assert await actions(at(4, 0), at(4, 0), only=["quickfix"]) == []

        # Several places: the client asks which one, and shows it.
        client.handlers["window/showMessageRequest"] = lambda asked: asked["actions"][-1]
        places = await command(client, at_cursor["command"]["command"], *at_cursor["command"]["arguments"])
        assert places[0]["uri"] == (parcels / "old" / "scale.py").as_uri()
        assert places[0]["range"] == {"start": at(3, 0), "end": at(8, 16)}
        asked = await client.wait_for("window/showMessageRequest")
        assert (asked["message"], len(asked["actions"])) == (f"{len(places)} similar places", len(places))
        assert asked["actions"][0]["title"] == "weigh · old/scale.py:4 · the same text"
        shown = await client.wait_for("window/showDocument")
        assert (shown["uri"], shown["selection"], shown["takeFocus"]) == (*places[-1].values(), True)

        # Nothing is picked, then there is one place alone: only that is shown.
        client.handlers["window/showMessageRequest"] = lambda _asked: None
        n_said = len(client.said)
        assert len(await command(client, "whence.showSimilar", *of_selection["command"]["arguments"])) > 1
        await client.wait_for("window/showMessageRequest", since=n_said)
        only_copy = {"textDocument": document(parcels / "ledger.py"), "position": at(2, 0), "limit": 1}
        (place,) = await command(client, "whence.showSimilar", only_copy)
        shown = await client.wait_for("window/showDocument", since=n_said)
        assert shown["uri"] == place["uri"]

        nothing = {**scale, "position": at(8, 5)}
        assert await command(client, "whence.showSimilar", nothing) == []
        await client.wait_for("window/showMessage", lambda said: said["message"] == "Nothing similar is indexed")
        with pytest.raises(ServerError, match='unknown field "lines"') as refused:
            await command(client, "whence.showSimilar", {**nothing, "lines": 3})
        assert refused.value.code == INVALID_PARAMS


@run_async
async def test_a_command_that_the_client_handles_itself_is_not_offered() -> None:
    async with connected(SERVE) as client:
        options = {"clientCommands": ["whence.showSimilar"]}
        params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
        offered = (await client.request("initialize", params))["capabilities"]["executeCommandProvider"]["commands"]

        assert "whence/similar" in offered
        assert "whence.showSimilar" not in offered
        with pytest.raises(ServerError, match=r"whence\.showSimilar") as refused:
            await command(client, "whence.showSimilar", {})
        assert refused.value.code == INVALID_PARAMS


@run_async
async def test_long_work_is_shown_with_counts_and_the_log_has_levels(tmp_path: Path) -> None:
    root = many_functions(tmp_path / "parcels", 60)
    async with serving(root, capabilities=CAPABLE, settings={"index": {"threads": "many"}}) as client:
        client.notify("$/setTrace", {"value": "verbose"})
        job = await finished_job(client)
        await client.wait_for("$/progress", lambda said: said["value"]["kind"] == "end")

        (token,) = {said.params["token"] for said in client.said if said.method == "$/progress"}
        begin, *reports, end = [said.params["value"] for said in client.said if said.method == "$/progress"]
        assert (begin["kind"], begin["percentage"], begin["cancellable"]) == ("begin", 0, True)
        assert [said.params["token"] for said in client.said if "Progress/create" in said.method] == [token]
        assert any("embedding" in one["message"] and " of 480 chunks" in one["message"] for one in reports), reports
        percentages = [one["percentage"] for one in reports]
        assert percentages == sorted(percentages)
        assert end["message"] == "480 chunks of 60 files"
        assert job.startswith("parcels: 60 files changed, 0 dropped, 480 passages embedded")
        levels = {said.params["message"]: said.params["type"] for said in client.said if "logMessage" in said.method}
        assert levels[job] == INFO
        assert next(level for line, level in levels.items() if "whence.index.threads" in line) == WARNING
        assert messages(client, "window/showMessage") == []

        client.open(root / "new.py", "def one():\n    pass\n")
        await client.wait_for("$/logTrace", lambda said: "took up new.py" in said["message"])
        client.notify("$/setTrace", {"value": "off"})
        client.change(root / "new.py", "def reticulate_splines():\n    pass\n")
        await found_in(client, "reticulate_splines", "new.py")
        assert len(messages_of_trace(client, "took up new.py")) == 1


@run_async
async def test_settings_are_pulled_from_a_client_that_can_be_asked(parcels: Path) -> None:
    place = {"textDocument": document(parcels / "scale.py")}
    async with connected(SERVE) as client:
        client.settings["whence"] = {"search": {"limit": 2}}
        await client.initialize([parcels], {"workspace": {"configuration": True}})
        await indexed(client)
        assert len((await search(client, "weight of all items"))["hits"]) == 2

        # What is pushed beside it does not count: the client can be asked.
        client.settings["whence"] = {"search": {"limit": 1}, "codeLens": {"minimum": 0}}
        configure(client, {"search": {"limit": 3}})
        warning = await client.wait_for("window/logMessage", lambda said: "whence.codeLens.minimum" in said["message"])
        assert warning["type"] == WARNING
        assert len((await search(client, "weight of all items"))["hits"]) == 1
        assert len((await search(client, "weight of all items", limit=4))["hits"]) == 4

        # This client shows no documents: the places are the command's result, and nobody is asked.
        assert len(await command(client, "whence.showSimilar", {**place, "position": at(0, 0)})) == 3
        assert not any(said.method.startswith("window/show") for said in client.said)


SNOW = '''\
# 雪😀 first line


def 雪を測る_measure(深さ):
    """雪 depth 😀."""
    return 深さ  # 😀😀


def measure_snow_again(depth): return "雪😀" + depth
'''


@pytest.mark.parametrize(
    ("encoding", "name_end", "body_end", "line_end"),
    [("utf-8", 24, 29, 55), ("utf-16", 16, 21, 51), ("utf-32", 16, 19, 50)],
)
@run_async
async def test_ranges_are_counted_in_the_encoding_agreed_on(
    tmp_path: Path, encoding: str, name_end: int, body_end: int, line_end: int
) -> None:
    twin = SNOW.replace("# 雪😀 first line", "# twin")
    root = write_tree(tmp_path / "snow", {"snow.py": SNOW, "twin.py": twin})
    capabilities = {**CAPABLE, "general": {"positionEncodings": ["utf-7", encoding]}}
    place = {"textDocument": document(root / "snow.py")}
    measure, again = {"start": at(0, 0), "end": at(5, body_end)}, {"start": at(8, 0), "end": at(8, line_end)}
    async with serving(root, capabilities=capabilities, is_indexed=True) as client:
        assert client.capabilities["positionEncoding"] == encoding
        assert (await found_in(client, "measure_snow_again", "snow.py"))["range"] == again
        found = await client.request("workspace/symbol", {"query": "measure_snow_again"})
        symbols = [one["location"] for one in found if one["name"] == "measure_snow_again"]
        assert {"uri": (root / "snow.py").as_uri(), "range": again} in symbols
        explained = await client.request("whence/explainFile", place["textDocument"])
        assert [chunk["range"] for chunk in explained["chunks"]] == [measure, again]
        lenses = await counted_lenses(client, root / "snow.py")
        assert [lens["range"]["end"]["character"] for lens in lenses] == [name_end, 22]

        on_name = {**place, "position": at(3, name_end)}
        hover = await until(client, "textDocument/hover", on_name, lambda hover: hover is not None)
        assert hover["range"] == lenses[0]["range"]
        assert await client.request("textDocument/hover", {**place, "position": at(3, name_end + 1)}) is None
        similar = await client.request("whence/similar", {**place, "range": measure})
        assert similar["target"]["range"] == measure
        locations = await command(client, "whence.showSimilar", {**place, "position": at(5, body_end)})
        assert locations[0] == {"uri": (root / "twin.py").as_uri(), "range": measure}


def at(line: int, character: int) -> Json:
    """A position."""
    return {"line": line, "character": character}


def titles(lenses: Json) -> list[str]:
    """What the lenses that are counted say."""
    return [lens["command"]["title"] for lens in lenses if "command" in lens]
