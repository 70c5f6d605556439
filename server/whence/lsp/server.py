"""The language server: which request does what. Each handler is thin; the work is done by the engine, off the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

import attrs
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.lsp.server import LanguageServer

from whence import __version__
from whence.lsp import names, offers
from whence.lsp.documents import Documents
from whence.lsp.lenses import Lenses
from whence.lsp.logs import ClientLog
from whence.lsp.progress import JobProgress
from whence.lsp.protocol import WhenceProtocol
from whence.lsp.services import Services
from whence.lsp.session import Folder, Session
from whence.lsp.settings import SECTION, ClientOptions, Settings, pushed_section
from whence.lsp.status_news import StatusNews
from whence.lsp.transport import serve_stdio, serve_tcp
from whence.lsp.watching import Watcher

if TYPE_CHECKING:
    from whence.engine.keeper import Standing

logger = logging.getLogger(__name__)

SETTLE_S = 0.3
"""A question that is there already is answered before anything else wants the interpreter: the import of LanceDB
keeps it for most of two seconds."""

CONFIGURATION_S = 2.0
"""Waited for a client's settings before folders are opened; they may come later all the same."""


@attrs.define(eq=False)
class Server:
    """One conversation: pygls' server with our protocol, the session, and what shows it to the client."""

    ls: LanguageServer
    protocol: WhenceProtocol
    session: Session
    documents: Documents
    lenses: Lenses
    progress: JobProgress
    watcher: Watcher
    client_log: ClientLog
    status_news: StatusNews = attrs.field(init=False)
    options: ClientOptions = attrs.field(factory=ClientOptions)
    told_failures: set[str] = attrs.field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.status_news = StatusNews(
            partial(_status, self), lambda status: self.protocol.notify(names.STATUS_CHANGED, status)
        )

    @property
    def encoding(self) -> types.PositionEncodingKind:
        """How positions are counted, as agreed at `initialize`."""
        return types.PositionEncodingKind(self.ls.workspace.position_encoding or types.PositionEncodingKind.Utf16)

    def log(self, message: str, level: types.MessageType = types.MessageType.Info) -> None:
        """Tell the client's log."""
        self.protocol.notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(level, message))

    def tell(self, message: str) -> None:
        """Tell the person, once: something only they can put right."""
        if message not in self.told_failures:
            self.told_failures.add(message)
            self.protocol.notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(types.MessageType.Error, message))


async def serve(services: Services, tcp: tuple[str, int] | None = None) -> int:
    """Speak with one client over stdio, or over TCP on a loopback address; the process's exit code.

    Raises:
        UsageError: the address is not this machine's own, or the port cannot be had.
    """
    server = build_server(services)
    server.client_log.attach()
    try:
        if tcp is None:
            return await serve_stdio(server.protocol)
        return await serve_tcp(server.protocol, *tcp)
    finally:
        server.client_log.detach()
        server.watcher.close()
        await server.session.close()


def build_server(services: Services) -> Server:
    """A server that waits for `initialize`. Needs a running loop."""
    ls = LanguageServer(
        "whence",
        __version__,
        text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        protocol_cls=WhenceProtocol,
        converter_factory=get_converter,
    )
    protocol = cast("WhenceProtocol", ls.protocol)
    session = Session(services)

    def text_of(uri: str) -> str | None:
        document = ls.workspace.text_documents.get(unquote(uri))  # pygls' own key
        return None if document is None else document.source

    def refresh_lenses() -> None:
        if _can_refresh_lenses(ls):
            start(_ask_to_refresh(protocol))

    tasks: set[asyncio.Task[None]] = set()

    def start(work: Awaitable[None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    lenses = Lenses(session, refresh_lenses)
    documents = Documents(session, text_of, lenses.vectors_came)
    server = Server(
        ls,
        protocol,
        session,
        documents,
        lenses,
        JobProgress(session, protocol),
        Watcher(session, protocol),
        ClientLog(protocol.notify),
    )
    session.on_standing = lambda folder, standing: _take_standing(server, folder, standing)
    _register_life(server)
    _register_changes(server)
    _register_documents(server)
    offers.offer_requests(server)
    offers.offer_surfaces(server)
    return server


def _register_life(server: Server) -> None:
    ls, session = server.ls, server.session

    @ls.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.client_log.trace(params.trace or types.TraceValue.Off)
        server.options, warnings = ClientOptions.of(params.initialization_options)
        _configure(server, server.options.settings, warnings)
        if names.SHOW_SIMILAR not in server.options.client_commands:
            offers.offer_show_similar(server)

    @ls.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        try:
            await asyncio.gather(_pull_settings(server), _open_folders(server))
        finally:
            session.is_ready.set()
        await _use_chosen_models(server)
        await asyncio.sleep(SETTLE_S)
        session.load_soon()
        if session.settings.index.on_open:
            for folder in session.folders:
                session.keeper.request(folder.workspace)
        session.is_settled.set()
        if server.options.status_notifications:
            server.status_news.start()
        await server.watcher.start()

    @ls.feature(types.SET_TRACE)
    def trace_set(params: types.SetTraceParams) -> None:
        server.client_log.trace(params.value)

    @ls.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def progress_cancelled(params: types.WorkDoneProgressCancelParams) -> None:
        server.progress.cancel(params.token)

    @ls.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        server.watcher.close()


def _register_changes(server: Server) -> None:
    """What the client changes of what it said at `initialize`."""
    ls, session = server.ls, server.session

    @ls.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        pushed = pushed_section(params.settings)
        if not await _pull_settings(server) and pushed is not None:
            _configure(server, pushed, [])
        await _use_chosen_models(server)
        server.lenses.settings_changed()

    @ls.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        await session.is_ready.wait()
        async with session.changing_folders:
            for gone in params.event.removed:
                closed = await session.close_folder(gone.uri)
                if closed is not None:
                    _forget(server, closed)
            for added in params.event.added:
                opened = await session.open_folder(added.uri, added.name)
                if opened is not None:
                    _follow(server, opened)
        server.documents.look_again()
        server.status_news.changed()


def _register_documents(server: Server) -> None:
    ls, documents = server.ls, server.documents

    @ls.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        documents.opened(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        documents.changed(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        documents.saved(params.text_document.uri)

    @ls.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        documents.closed(params.text_document.uri)

    @ls.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        await server.session.is_ready.wait()
        server.watcher.changed(change.uri for change in params.changes)

    all_files = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
    )

    @ls.feature(types.WORKSPACE_DID_RENAME_FILES, all_files)
    async def renamed(params: types.RenameFilesParams) -> None:
        await server.session.is_ready.wait()
        server.watcher.changed(uri for file in params.files for uri in (file.old_uri, file.new_uri))

    @ls.feature(types.WORKSPACE_DID_DELETE_FILES, all_files)
    async def deleted(params: types.DeleteFilesParams) -> None:
        await server.session.is_ready.wait()
        server.watcher.changed(file.uri for file in params.files)


def _take_standing(server: Server, folder: Folder, standing: Standing) -> None:
    """A job moved on: show it, and have what depends on the index looked at again."""
    server.progress.update(folder, standing)
    server.status_news.changed()
    if standing.error:
        server.log(f"{folder.name}: {standing.error}", types.MessageType.Error)
        server.tell(f"Whence cannot index {folder.name}: {standing.error}")
    report = standing.report
    if report is not None and (report.n_files_changed or report.n_files_dropped or report.n_encoded or report.n_reused):
        server.log(
            f"{folder.name}: {report.n_files_changed} files changed, {report.n_files_dropped} dropped,"
            f" {report.n_encoded} passages embedded, {report.n_reused} known, {report.stage_s.get('total', 0.0):.2f} s"
        )
        server.documents.look_again()
        server.lenses.index_changed(folder)


async def _status(server: Server) -> object:
    from whence.lsp import requests

    return await requests.answer(server, names.STATUS, None)


def _follow(server: Server, opened: Folder) -> None:
    """Watch a folder that was opened while the session goes on, and index it where folders are to be."""
    server.watcher.folder_opened(opened)
    if server.session.settings.index.on_open and server.session.is_settled.is_set():
        server.session.keeper.request(opened.workspace)


def _forget(server: Server, closed: Folder) -> None:
    server.watcher.folder_closed(closed)
    server.progress.folder_closed(closed)


async def _use_chosen_models(server: Server) -> None:
    """Where other models are chosen than folders were opened with, open these anew."""
    session = server.session
    await session.is_ready.wait()
    async with session.changing_folders:
        if not session.services.choose_models(session.settings.index.models):
            return
        for folder in list(session.folders):
            anew = await session.reopen_folder(folder)
            if anew is not None:
                _forget(server, folder)
                _follow(server, anew)
    server.documents.look_again()
    server.status_news.changed()


async def _open_folders(server: Server) -> None:
    for uri, name in _folders_named(server):
        await server.session.open_folder(uri, name)


def _folders_named(server: Server) -> Sequence[tuple[str, str]]:
    """The folders of `initialize`, else its root; none for a client that opened a single file."""
    workspace = server.ls.workspace
    named = [(folder.uri, folder.name) for folder in workspace.folders.values()]
    if named or not workspace.root_uri:
        return named
    return [(workspace.root_uri, workspace.root_uri.rstrip("/").rpartition("/")[2])]


async def _pull_settings(server: Server) -> bool:
    """Ask the client for its settings, where it can be asked; whether they came."""
    workspace = server.ls.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return False
    params = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
    try:
        answer = await server.protocol.request_client(types.WORKSPACE_CONFIGURATION, params, timeout_s=CONFIGURATION_S)
    except Exception as failure:  # noqa: BLE001 - a client's own error; what is known already counts
        logger.info("the client tells no settings: %s", failure)
        return False
    if isinstance(answer, Sequence) and answer and answer[0] is not None:
        _configure(server, answer[0], [])
    return True


def _configure(server: Server, raw: object, warnings: Sequence[str]) -> None:
    settings, more = Settings.of(raw)
    for warning in (*warnings, *more):
        server.log(warning, types.MessageType.Warning)
    server.session.settings = settings
    server.session.services.limit_threads(settings.index.threads)


def _can_refresh_lenses(ls: LanguageServer) -> bool:
    workspace = ls.client_capabilities.workspace
    return bool(workspace and workspace.code_lens and workspace.code_lens.refresh_support)


async def _ask_to_refresh(protocol: WhenceProtocol) -> None:
    try:
        await protocol.request_client(types.WORKSPACE_CODE_LENS_REFRESH, timeout_s=CONFIGURATION_S)
    except Exception as failure:  # noqa: BLE001 - a client's own error; it asks again some time
        logger.info("lenses are not refreshed: %s", failure)
