"""LSP's own surfaces, useful without any plugin: workspace symbols, code lenses, hovers, code actions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from whence.domain import Chunk, Kind, Query
from whence.errors import StoreError, WhenceError
from whence.lsp import names, wire
from whence.lsp.answers import Places, similar_as_markdown
from whence.lsp.checking import unstructure
from whence.lsp.positions import TextPositions
from whence.lsp.requests import find_similar, lines_of, merged, search_folders
from whence.lsp.session import Located

if TYPE_CHECKING:
    from whence.engine.similar import SimilarResult
    from whence.lsp.server import Server

HOVER_PLACES = 3
HOVER_S = 0.035
"""A hover that would take longer than 50 ms, with what the loop and the pipe need, stays empty; what it found is there
for the next one."""

SHOWN_PLACES = 20
"""Listed by a lens or an action, unless it names a limit."""

ASK_S = 300.0
"""Waited for a person to pick one of several places."""


DEFINITIONS = frozenset(
    {
        Kind.FUNCTION,
        Kind.METHOD,
        Kind.CONSTRUCTOR,
        Kind.CLASS,
        Kind.STRUCT,
        Kind.INTERFACE,
        Kind.TRAIT,
        Kind.ENUM,
        Kind.TYPE,
        Kind.MACRO,
        Kind.TEST,
    }
)


class Symbols:
    """Answers the editor's symbol search. A client that asks with every letter gets an answer to its last question."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._n_asked = 0

    async def answer(self, text: str) -> list[types.SymbolInformation]:
        """Places that answer a question, as symbols; nothing to a question that was overtaken by another."""
        session = self._server.session
        settings = session.settings.workspace_symbol
        self._n_asked += 1
        mine = self._n_asked
        if not settings.enabled or len(text.strip()) < settings.min_chars:
            return []
        await session.is_ready.wait()
        await asyncio.sleep(0)  # questions that have come meanwhile go first
        if mine != self._n_asked:
            return []
        folders = list(session.folders)
        query = Query(text, session.settings.search.limit)
        try:
            results = await search_folders(session, folders, query)
        except StoreError:
            return []

        def symbols() -> list[types.SymbolInformation]:
            places = Places(self._server.encoding)
            best = merged(results, lambda result: result.hits)[: query.limit]
            return [places.symbol(folder, hit, with_folder=len(folders) > 1) for folder, hit in best]

        return await session.carry_out(symbols)


async def lenses(server: Server, uri: str) -> list[types.CodeLens]:
    """A lens above each definition that is like others, as far as that is known."""
    session = server.session
    if not session.settings.code_lens.enabled:
        return []
    await session.is_ready.wait()
    place = session.locate(uri)
    if place is None:
        return []
    found, positions = await session.carry_out(_definitions, server, place)
    server.lenses.count(place, found)
    shown = []
    for chunk in found:
        known = server.lenses.count_of(place, chunk)
        if known is not None and known.n < session.settings.code_lens.minimum:
            continue
        where = positions.range_of_name(chunk.span, chunk.name, chunk.signature) or positions.range_of(chunk.span)
        command = None if known is None else _show_command(known.title, place, where.start)
        data = {"uri": uri, "line": where.start.line, "character": where.start.character}
        shown.append(types.CodeLens(range=where, command=command, data=data))
    return shown


async def resolved(server: Server, lens: types.CodeLens) -> types.CodeLens:
    """Fill in a lens that had no count when it was asked for; a count still to come says so."""
    uri = lens.data.get("uri") if isinstance(lens.data, dict) else None
    place = server.session.locate(uri) if isinstance(uri, str) else None
    if place is None:
        return lens
    found, _positions = await server.session.carry_out(_definitions, server, place)
    chunk = _at(found, lens.range.start.line + 1)
    known = server.lenses.count_of(place, chunk) if chunk else None
    lens.command = _show_command(known.title if known else "similar: counting", place, lens.range.start)
    return lens


async def hover(server: Server, uri: str, position: types.Position) -> types.Hover | None:
    """What is like the definition whose name is pointed at."""
    session = server.session
    place = session.locate(uri) if session.settings.hover.enabled and session.is_ready.is_set() else None
    if place is None or not session.is_loaded:
        return None

    def look() -> types.Hover | None:
        found, positions = _definitions(server, place)
        for chunk in found:
            name = positions.range_of_name(chunk.span, chunk.name, chunk.signature)
            if name is not None and _holds(name, position):
                threshold = session.settings.similar.threshold
                result = place.folder.workspace.similar_if_known(place.path, chunk, HOVER_PLACES, threshold)
                return _hover_of(place, name, result) if result else None
        return None

    try:
        return await asyncio.wait_for(session.carry_out(look), HOVER_S)
    except (asyncio.TimeoutError, WhenceError):
        return None


async def actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Finding what is like a selection, or the definition around the cursor."""
    session = server.session
    wanted = params.context.only
    if wanted is not None and types.CodeActionKind.Empty not in wanted:
        return []
    place = session.locate(params.text_document.uri) if session.is_ready.is_set() else None
    if place is None:
        return []
    selected = params.range
    arguments: dict[str, object] = {"textDocument": {"uri": params.text_document.uri}}
    if selected.start != selected.end:
        arguments["range"] = unstructure(selected)
    else:
        found, _positions = await session.carry_out(_definitions, server, place)
        if not any(chunk.span.start_line <= selected.start.line + 1 <= chunk.span.end_line for chunk in found):
            return []
        arguments["position"] = unstructure(selected.start)
    command = types.Command("Find similar code", names.SHOW_SIMILAR, arguments=[arguments])
    return [types.CodeAction(title=command.title, command=command)]


async def show_similar(server: Server, raw: names.Raw) -> list[types.Location]:
    """Give what is like a place, and have the editor open one: for clients without a view of their own.

    Raises:
        InvalidParams: a field is unknown, missing or wrong.
    """
    wanted = {"limit": SHOWN_PLACES, **raw} if isinstance(raw, dict) else raw
    params = wire.structure_params(wire.SimilarParams, wanted)
    await server.session.is_ready.wait()
    place = server.session.located(params.text_document.uri)
    result = await find_similar(server, place, lines_of(params), params.limit)
    hits = [*result.copies, *result.hits]
    places = Places(server.encoding)

    def locate() -> list[types.Location]:
        return [places.location(place.folder, hit) for hit in hits]

    locations = await server.session.carry_out(locate)
    titles = [f"{hit.symbol or hit.path} · {hit.path}:{hit.span.start_line} · {hit.reasons[0].text}" for hit in hits]
    asyncio.get_running_loop().create_task(_open_one(server, titles, locations)).add_done_callback(_forget)
    return locations


async def _open_one(server: Server, titles: Sequence[str], locations: Sequence[types.Location]) -> None:
    """Open a place in the editor, where it can do that; of several, the one the user picks."""
    window = server.ls.client_capabilities.window
    if window is None or window.show_document is None or not window.show_document.support:
        return
    if not locations:
        server.protocol.notify(
            types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(types.MessageType.Info, "Nothing similar is indexed")
        )
        return
    chosen: int | None = 0
    if len(locations) > 1:
        actions = [types.MessageActionItem(title) for title in titles]
        ask = types.ShowMessageRequestParams(types.MessageType.Info, f"{len(titles)} similar places", actions)
        picked = await server.protocol.request_client(types.WINDOW_SHOW_MESSAGE_REQUEST, ask, timeout_s=ASK_S)
        chosen = titles.index(picked.title) if picked is not None and picked.title in titles else None
    if chosen is not None:
        location = locations[chosen]
        show = types.ShowDocumentParams(location.uri, take_focus=True, selection=location.range)
        await server.protocol.request_client(types.WINDOW_SHOW_DOCUMENT, show, timeout_s=ASK_S)


def _forget(task: asyncio.Task[None]) -> None:
    """A client that cannot show a place has the places themselves in the command's result."""
    if not task.cancelled():
        task.exception()


def _definitions(server: Server, place: Located) -> tuple[list[Chunk], TextPositions]:
    """The definitions of a document as it stands on screen, and its places; none of one that is left out."""
    workspace = place.folder.workspace
    chunks = [] if workspace.is_left_out(place.path) else workspace.chunks(place.path)
    return definitions(chunks), Places(server.encoding).positions(place.folder, place.path)


def definitions(chunks: Sequence[Chunk]) -> list[Chunk]:
    """What has a lens: functions, methods, types; of a long one its first part."""
    return [chunk for chunk in chunks if chunk.name and chunk.kind in DEFINITIONS and chunk.part_idx == 0]


def _at(chunks: Sequence[Chunk], line: int) -> Chunk | None:
    """The innermost definition around a line."""
    around = [chunk for chunk in chunks if chunk.span.start_line <= line <= chunk.span.end_line]
    return min(around, key=lambda chunk: chunk.span.end_line - chunk.span.start_line, default=None)


def _hover_of(place: Located, name: types.Range, result: SimilarResult) -> types.Hover | None:
    if not (result.copies or result.hits):
        return None
    text = similar_as_markdown(place, result, HOVER_PLACES)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), name)


def _show_command(title: str, place: Located, position: types.Position) -> types.Command:
    arguments = {"textDocument": {"uri": place.uri}, "position": unstructure(position)}
    return types.Command(title, names.SHOW_SIMILAR, arguments=[arguments])


def _holds(area: types.Range, position: types.Position) -> bool:
    return (
        (area.start.line, area.start.character)
        <= (position.line, position.character)
        <= (
            area.end.line,
            area.end.character,
        )
    )
