"""Whence's own requests, each also a command of the same name. Params come raw and are checked here, field by field."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from whence import __version__
from whence.domain import Filters, Hit, IndexCounts, Query, SearchResult
from whence.errors import StoreError
from whence.lsp import names, wire
from whence.lsp.answers import Places, completeness, rounded
from whence.lsp.session import Folder, Located, Session

if TYPE_CHECKING:
    from whence.engine.keeper import Standing
    from whence.engine.similar import SimilarResult
    from whence.lsp.server import Server

logger = logging.getLogger(__name__)

NOTHING = IndexCounts(0, 0, 0)
NEAREST = 3


async def answer(server: Server, method: str, raw: names.Raw) -> object:
    """Carry out one of Whence's own requests.

    Raises:
        InvalidParams: a field is unknown, missing or wrong.
    """
    params: object = wire.structure_params(wire.METHODS[method].params, _with_settings(server, method, raw))
    await server.session.is_ready.wait()
    return wire.unstructure(await _CARRY_OUT[method](server, params))


async def search(server: Server, params: wire.SearchParams) -> wire.SearchAnswer:
    """One merged ranking over the folders asked."""
    session = server.session
    folders = session.chosen(params.folders)
    query = Query(params.query, params.limit, Filters(params.paths, params.languages, params.kinds))
    results = await search_folders(session, folders, query)
    is_indexing = any(session.is_indexing(folder) for folder in folders)
    is_partial = any(result.is_by_name for _folder, result in results)

    def answer() -> wire.SearchAnswer:
        places = Places(server.encoding)
        best = merged(results, lambda result: result.hits)
        nearest = [] if best else merged(results, lambda result: result.nearest)
        words = dict.fromkeys(word for _folder, result in results for word in result.nearest_words)
        return wire.SearchAnswer(
            hits=tuple(places.hit(folder, hit) for folder, hit in best[: query.limit]),
            nearest=tuple(places.hit(folder, hit) for folder, hit in nearest[:NEAREST]),
            nearest_words=() if best else tuple(words),
            completeness=completeness(
                [result.counts for _folder, result in results], is_indexing=is_indexing, is_partial=is_partial
            ),
            timings=_slowest(result for _folder, result in results),
        )

    return await session.carry_out(answer)


async def search_folders(session: Session, folders: list[Folder], query: Query) -> list[tuple[Folder, SearchResult]]:
    """Search folders side by side; one that has no index yet has nothing to say.

    Raises:
        StoreError: none of them can be searched, and none is being indexed.
    """
    by_name = not session.is_loaded
    outcomes = await asyncio.gather(
        *(session.carry_out(folder.workspace.search, query, by_name=by_name) for folder in folders),
        return_exceptions=True,
    )
    session.load_soon()
    results: list[tuple[Folder, SearchResult]] = []
    for folder, outcome in zip(folders, outcomes, strict=True):
        if isinstance(outcome, SearchResult):
            results.append((folder, outcome))
        elif not isinstance(outcome, StoreError) or not (len(folders) > 1 or session.is_indexing(folder)):
            raise outcome
        else:
            logger.info("%s has nothing to say: %s", folder.name, outcome)
            results.append((folder, SearchResult((), NOTHING, {})))
    return results


def merged(
    results: Sequence[tuple[Folder, SearchResult]], hits_of: Callable[[SearchResult], Sequence[Hit]]
) -> list[tuple[Folder, Hit]]:
    """The hits of several folders in one order. Where one folder lies in another, a file counts in the inner one."""
    indexed = [folder for folder, result in results if result.counts.n_files]

    def is_elsewhere(folder: Folder, hit: Hit) -> bool:
        inner = (other.path for other in indexed if folder.path in other.path.parents)
        return any((folder.path / hit.path).is_relative_to(path) for path in inner)

    hits = [(folder, hit) for folder, result in results for hit in hits_of(result) if not is_elsewhere(folder, hit)]
    return sorted(hits, key=lambda found: -found[1].score)


async def similar(server: Server, params: wire.SimilarParams) -> wire.SimilarAnswer:
    """What is like a definition or a selection."""
    place = server.session.located(params.text_document.uri)
    result = await find_similar(server, place, lines_of(params), params.limit)
    is_indexing = server.session.is_indexing(place.folder)
    told = completeness([result.counts], is_indexing=is_indexing)
    return await server.session.carry_out(Places(server.encoding).similar, place, result, told)


def lines_of(params: wire.SimilarParams) -> tuple[int, int | None]:
    """The 1-based line a definition is around, or the first and last line of a selection."""
    if params.position is not None:
        return params.position.line + 1, None
    assert params.range is not None
    start, end = params.range.start, params.range.end
    # A selection that ends before the first character of a line does not hold that line.
    last = end.line if end.character == 0 and end.line > start.line else end.line + 1
    return start.line + 1, last


async def find_similar(server: Server, place: Located, lines: tuple[int, int | None], limit: int) -> SimilarResult:
    """Ask the engine for what is like some lines, as the document stands on screen."""
    await server.session.load()
    first, last = lines
    return await server.session.carry_out(place.folder.workspace.similar, place.path, first, limit, last_line=last)


async def status(server: Server, _params: wire.StatusParams) -> wire.StatusAnswer:
    """How every folder stands."""
    session = server.session

    def look() -> wire.StatusAnswer:
        return wire.StatusAnswer(
            version=__version__,
            model=session.services.model_name(),
            paused=is_paused,
            folders=tuple(_status_of(*one) for one in standings),
        )

    is_paused = session.keeper.is_paused
    standings = [
        (folder, session.keeper.standing(folder.workspace), session.is_indexing(folder)) for folder in session.folders
    ]
    return await session.carry_out(look)


async def reindex(server: Server, params: wire.ReindexParams) -> wire.ReindexAnswer:
    """Bring folders up to date now, or build their indexes anew."""
    session = server.session
    folders = session.chosen(params.folders)
    for folder in folders:
        try:
            if params.fresh:
                await session.carry_out(session.keeper.forget, folder.workspace)
                await session.carry_out(_remove, session, folder)
        finally:
            session.keeper.request(folder.workspace)
    return wire.ReindexAnswer(len(folders))


async def clear(server: Server, params: wire.ClearParams) -> wire.ClearAnswer:
    """Remove the indexes of folders; they are built again when somebody asks, or the folder is opened anew."""
    session = server.session
    folders = session.chosen(params.folders)
    await session.is_settled.wait()  # else what is cleared now is built at once
    for folder in folders:
        await session.carry_out(session.keeper.forget, folder.workspace)
        await session.carry_out(_remove, session, folder)
        server.lenses.index_changed(folder)
    server.documents.look_again()
    server.status_news.changed()
    return wire.ClearAnswer(len(folders))


async def pause(server: Server, params: wire.PauseParams) -> wire.PauseAnswer:
    """Hold indexing, or go on with it."""
    server.session.keeper.pause(is_paused=params.paused)
    server.status_news.changed()
    return wire.PauseAnswer(params.paused)


async def explain_file(server: Server, params: wire.ExplainFileParams) -> wire.ExplainFileAnswer:
    """How a file is indexed, or why it is not."""
    place = server.session.located(params.uri)

    def look() -> wire.ExplainFileAnswer:
        explanation = place.folder.workspace.explain_file(place.path)
        return wire.ExplainFileAnswer(
            uri=wire.Uri(place.uri),
            path=place.path,
            folder=wire.Uri(place.folder.uri),
            indexed=explanation.is_indexed,
            reason=explanation.reason,
            chunks=Places(server.encoding).explained(place, explanation.chunks),
        )

    return await server.session.carry_out(look)


_CARRY_OUT: Mapping[str, Callable[[Server, Any], Awaitable[object]]] = {
    names.SEARCH: search,
    names.SIMILAR: similar,
    names.STATUS: status,
    names.REINDEX: reindex,
    names.CLEAR: clear,
    names.PAUSE: pause,
    names.EXPLAIN_FILE: explain_file,
}


def _with_settings(server: Server, method: str, raw: object) -> object:
    """What a client leaves open, its settings tell."""
    if method == names.SEARCH and isinstance(raw, dict) and raw.get("limit") is None:
        return {**raw, "limit": server.session.settings.search.limit}
    return raw


def _slowest(results: Any) -> dict[str, float]:
    """Folders are searched side by side, so a stage took what it took in the slowest."""
    slowest: dict[str, float] = {}
    for result in results:
        for stage, ms in result.stage_ms.items():
            slowest[stage] = max(slowest.get(stage, 0.0), ms)
    return rounded(slowest)


def _remove(session: Session, folder: Folder) -> None:
    folder.workspace.close()
    session.services.clean(folder.path)


def _status_of(folder: Folder, standing: Standing, is_indexing: bool) -> wire.FolderStatus:
    found = folder.workspace.status()
    progress = standing.progress
    activity = wire.Activity.IDLE
    done = total = 0
    if progress is not None:
        activity = wire.Activity(progress.phase.value)
        counts_files = progress.phase.value in {"listing", "reading"}
        done = progress.n_files_done if counts_files else progress.n_embedded
        total = progress.n_files if counts_files else progress.n_to_embed
    elif standing.activity.value in {one.value for one in wire.Activity}:
        activity = wire.Activity(standing.activity.value)
    if activity is wire.Activity.IDLE and is_indexing:
        activity = wire.Activity.LISTING  # its turn comes
    return wire.FolderStatus(
        uri=wire.Uri(folder.uri),
        path=str(folder.path),
        state=found.state,
        detail=found.detail,
        files=found.counts.n_files,
        chunks=found.counts.n_chunks,
        embedded=found.counts.n_embedded,
        embedded_first=found.counts.n_first,
        first_model=found.first_model,
        activity=activity,
        done=done,
        total=total,
        slowed=progress.slowed if progress else "",
        error=standing.error,
        disk_bytes=found.disk_bytes,
        index_dir=found.index_dir,
        changed_at=found.changed_at,
    )
