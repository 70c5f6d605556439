"""Params of our own requests: what fits, what is refused, and in which words."""

from __future__ import annotations

import json

import pytest
from lsprotocol.types import Position, Range

from whence.domain import Kind, ReasonKind
from whence.lsp import wire

DOCUMENT = {"uri": "file:///w/a.py"}
POSITION = {"line": 3, "character": 7}
RANGE = {"start": POSITION, "end": {"line": 4, "character": 0}}


def refusal(cls: type, raw: object) -> str:
    with pytest.raises(wire.InvalidParams) as caught:
        wire.structure_params(cls, raw)
    return str(caught.value)


def search_refusal(**fields: object) -> str:
    return refusal(wire.SearchParams, {"query": "q", **fields})


def search(**fields: object) -> wire.SearchParams:
    return wire.structure_params(wire.SearchParams, {"query": "q", **fields})


def test_missing_options_get_their_defaults() -> None:
    assert search() == wire.SearchParams(query="q", limit=20, paths=(), languages=(), kinds=(), folders=())


def test_every_option_of_a_search_is_taken() -> None:
    params = search(limit=5, paths=["src/**"], languages=["go"], kinds=["class"], folders=["file:///w"])

    assert params == wire.SearchParams(
        "q", 5, ("src/**",), (wire.LanguageName("go"),), (Kind.CLASS,), (wire.Uri("file:///w"),)
    )


def test_null_for_an_option_means_its_default() -> None:
    assert search(limit=None, kinds=None) == search()


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_params_without_fields_may_be_absent_or_an_empty_table_of_lua(nothing: object) -> None:
    assert wire.structure_params(wire.ReindexParams, nothing) == wire.ReindexParams()


def test_whole_number_with_a_point_is_an_integer() -> None:
    limit = search(limit=10.0).limit

    assert (limit, type(limit)) == (10, int)


def test_language_and_kind_are_known_in_any_case_as_on_the_command_line() -> None:
    params = search(languages=["Python"], kinds=["Class"])

    assert (params.languages, params.kinds) == (("python",), (Kind.CLASS,))


def test_language_of_hits_in_plain_files_is_known() -> None:
    assert search(languages=["text"]).languages == ("text",)


@pytest.mark.parametrize("limit", ["ten", True, 0, 201, 1.5, [], float("inf"), float("nan")])
def test_limit_that_is_no_integer_in_bounds_is_refused(limit: object) -> None:
    got = json.dumps(limit)

    assert search_refusal(limit=limit) == f"limit: expected an integer from 1 to 200, got {got}"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"query": 3}, "query: expected a string, got 3"),
        ({"query": None}, "query: expected a string, got null"),
        ({"paths": "src"}, 'paths: expected a list, got "src"'),
        ({"paths": ["a", 2]}, "paths[1]: expected a string, got 2"),
        ({"folders": ["/w"]}, 'folders[0]: expected a URI such as file:///folder/file.py, got "/w"'),
        ({"qurey": ""}, 'unknown field "qurey"; known are query, limit, paths, languages, kinds, folders'),
        ({"limit": 0, "b": 1, "a": 1}, 'unknown field "a"; known are query, limit, paths, languages, kinds, folders'),
    ],
)
def test_refusal_of_a_search_names_the_field(fields: dict[str, object], message: str) -> None:
    assert search_refusal(**fields) == message


def test_missing_field_is_named_with_what_it_should_be() -> None:
    assert refusal(wire.SearchParams, {}) == "query: expected a string, but it is missing"


@pytest.mark.parametrize("raw", [3, "query", [{"query": "q"}]])
def test_params_that_are_no_object_are_refused(raw: object) -> None:
    assert refusal(wire.PauseParams, raw) == f"params: expected an object with paused, got {json.dumps(raw)}"


def test_unknown_kind_is_refused_with_all_kinds() -> None:
    message = search_refusal(kinds=["function", "klass"])

    assert message.startswith("kinds[1]: expected one of function, method, ")
    assert message.endswith(', text, got "klass"')
    assert all(kind.value in message for kind in Kind)


def test_unknown_language_is_refused_with_the_nearest_ones() -> None:
    message = search_refusal(languages=["pyton"])

    assert message.startswith("languages[0]: expected one of python, ")
    assert message.endswith('are known), got "pyton"')
    assert len(message) < 120


@pytest.mark.parametrize("number", [1, 0, "true", None])
def test_number_is_no_boolean(number: object) -> None:
    assert refusal(wire.PauseParams, {"paused": number}) == f"paused: expected true or false, got {json.dumps(number)}"


def test_long_or_many_lined_value_is_repeated_in_short_on_one_line() -> None:
    message = search_refusal(limit="a\nb" * 1000)

    assert "\n" not in message
    assert len(message) < 130


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "textDocument: expected an object with uri, but it is missing"),
        ({"textDocument": {}}, "textDocument.uri: expected a URI such as file:///folder/file.py, but it is missing"),
        ({"textDocument": {"uri": 1}}, "textDocument.uri: expected a URI such as file:///folder/file.py, got 1"),
        ({"textDocument": {"uri": "a:b", "version": 1}}, 'textDocument: unknown field "version"; known are uri'),
        ({"textDocument": "a:b"}, 'textDocument: expected an object with uri, got "a:b"'),
        (
            {"textDocument": DOCUMENT, "position": {"line": 1, "character": -1}},
            "position.character: expected an integer from 0 to 2147483647, got -1",
        ),
        (
            {"textDocument": DOCUMENT, "range": {"start": POSITION, "end": {"line": "x", "character": 0}}},
            'range.end.line: expected an integer from 0 to 2147483647, got "x"',
        ),
        (
            {"textDocument": DOCUMENT, "range": {"start": POSITION}},
            "range.end: expected an object with line, character, but it is missing",
        ),
        ({"textDocument": DOCUMENT}, "position, range: expected exactly one of them, got neither"),
        (
            {"textDocument": DOCUMENT, "position": POSITION, "range": RANGE},
            "position, range: expected exactly one of them, got both",
        ),
    ],
)
def test_refusal_names_fields_inside_fields(fields: dict[str, object], message: str) -> None:
    assert refusal(wire.SimilarParams, fields) == message


def test_place_is_a_position_or_a_range_of_lsp() -> None:
    at = wire.structure_params(wire.SimilarParams, {"textDocument": DOCUMENT, "position": POSITION, "range": None})
    over = wire.structure_params(wire.SimilarParams, {"textDocument": DOCUMENT, "range": RANGE})

    assert (at.position, at.range) == (Position(3, 7), None)
    assert over.range == Range(Position(3, 7), Position(4, 0))


def test_request_without_fields_knows_none() -> None:
    assert refusal(wire.StatusParams, {"verbose": True}) == 'unknown field "verbose"; it has none'


@pytest.mark.parametrize("arguments", [None, [], [None], [{}], [[]]])
def test_command_without_arguments_has_no_fields(arguments: object) -> None:
    assert wire.structure_arguments(wire.StatusParams, arguments) == wire.StatusParams()


def test_command_takes_its_params_as_the_only_argument() -> None:
    assert wire.structure_arguments(wire.SearchParams, [{"query": "q"}]) == search()


def test_command_with_several_arguments_is_refused() -> None:
    with pytest.raises(wire.InvalidParams, match=r"^arguments: expected a list with one object, got \[\"q\", 5\]$"):
        wire.structure_arguments(wire.SearchParams, ["q", 5])


def test_answer_is_written_with_names_and_types_of_json() -> None:
    hit = wire.Hit(
        uri=wire.Uri("file:///w/a.py"),
        range=Range(Position(0, 0), Position(1, 4)),
        path="a.py",
        folder=wire.Uri("file:///w"),
        symbol="f",
        kind=Kind.FUNCTION,
        language=wire.LanguageName("python"),
        score=1.5,
        reasons=(wire.Reason(ReasonKind.FILE_ROLE, "a test", 1.5),),
        snippet="def f():\n    ...",
        copies=("b.py:3",),
    )

    written = wire.unstructure(
        wire.SearchAnswer((hit,), (), ("word",), wire.Completeness(1, 2, 2, 0, True, False), {"words": 0.5})
    )

    assert json.loads(json.dumps(written)) == written
    assert written == {
        "hits": [
            {
                "uri": "file:///w/a.py",
                "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 4}},
                "path": "a.py",
                "folder": "file:///w",
                "symbol": "f",
                "kind": "function",
                "language": "python",
                "score": 1.5,
                "reasons": [{"kind": "file-role", "text": "a test", "score": 1.5}],
                "snippet": "def f():\n    ...",
                "copies": ["b.py:3"],
            }
        ],
        "nearest": [],
        "nearestWords": ["word"],
        "completeness": {
            "files": 1,
            "chunks": 2,
            "embedded": 2,
            "embeddedFirst": 0,
            "complete": True,
            "indexing": False,
        },
        "timings": {"words": 0.5},
    }


def test_enumerations_in_lists_are_written_as_plain_strings() -> None:
    written = wire.unstructure(search(kinds=["class"]))["kinds"]

    assert isinstance(written, list)
    assert type(written[0]) is str
