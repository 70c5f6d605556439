"""Shows long indexing jobs in the editor, with counts and a way to stop them."""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING

import attrs
from lsprotocol import types

from whence.lsp.protocol import WhenceProtocol
from whence.lsp.session import Folder, Session

if TYPE_CHECKING:
    from whence.engine.jobs import Progress
    from whence.engine.keeper import Standing

logger = logging.getLogger(__name__)

WORTH_SHOWING = 50
"""Files to read or passages to embed; a smaller job is over before anybody has read about it."""

REPORT_S = 0.25
"""Between two reports of one phase: what an eye follows. A new phase is told at once."""

CREATE_S = 5.0
"""Waited for a client to make room for a progress bar."""

WORDS = {"listing": "looking for changes", "reading": "reading", "embedding": "embedding", "settling": "tidying up"}


@attrs.define
class _Shown:
    """One job's progress bar."""

    token: str
    is_begun: bool = False
    reported_at: float = 0.0
    told: Progress | None = None
    """What was reported last."""
    latest: Progress | None = None
    """What is not reported yet."""
    timer: asyncio.TimerHandle | None = None
    """Reports it when REPORT_S is over."""


class JobProgress:
    """One progress bar a folder, while a job works on it."""

    def __init__(self, session: Session, protocol: WhenceProtocol) -> None:
        self._session = session
        self._protocol = protocol
        self._shown: dict[str, _Shown] = {}  # by folder URI
        self._folder_of_token: dict[str, Folder] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def update(self, folder: Folder, standing: Standing) -> None:
        """Show how far a folder's job is."""
        if standing.progress is None:
            self._end(folder, _outcome(standing))
        elif _is_worth_showing(standing.progress):
            self._report(folder, standing.progress)

    def folder_closed(self, folder: Folder) -> None:
        """Show nothing of a folder any more."""
        self._end(folder, "the folder was closed")

    def cancel(self, token: int | str) -> None:
        """The user stopped a job; what is done is kept."""
        folder = self._folder_of_token.get(str(token))
        if folder is not None:
            self._session.keeper.stop(folder.workspace)

    def _report(self, folder: Folder, progress: Progress) -> None:
        shown = self._shown.get(folder.uri)
        if shown is None:
            self._create(folder)
            return
        is_new_phase = shown.told is None or shown.told.phase is not progress.phase
        shown.latest = progress
        if shown.is_begun and (is_new_phase or shown.timer is None):
            self._tell(shown, at_once=is_new_phase)

    def _tell(self, shown: _Shown, *, at_once: bool = False) -> None:
        """Report the latest: at once, or when the last report is REPORT_S old."""
        loop = asyncio.get_running_loop()
        if shown.timer is not None:
            shown.timer.cancel()
            shown.timer = None
        left = shown.reported_at + REPORT_S - loop.time()
        if left > 0 and not at_once:
            shown.timer = loop.call_later(left, self._tell, shown)
        elif shown.latest is not None:
            text, percentage = _told(shown.latest)
            shown.told, shown.latest, shown.reported_at = shown.latest, None, loop.time()
            self._send(shown.token, types.WorkDoneProgressReport(cancellable=True, message=text, percentage=percentage))

    def _create(self, folder: Folder) -> None:
        window = self._protocol.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        shown = self._shown[folder.uri] = _Shown(str(uuid.uuid4()))
        self._folder_of_token[shown.token] = folder
        task = asyncio.get_running_loop().create_task(self._begin(folder, shown))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, folder: Folder, shown: _Shown) -> None:
        try:
            params = types.WorkDoneProgressCreateParams(shown.token)
            await self._protocol.request_client(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params, timeout_s=CREATE_S)
        except Exception as failure:  # noqa: BLE001 - a client's own error; indexing goes on unseen
            logger.info("no progress is shown: %s", failure)
            return
        if self._shown.get(folder.uri) is shown:
            shown.is_begun = True
            title = f"Whence: indexing {folder.name}"
            self._send(shown.token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
            self._tell(shown)

    def _end(self, folder: Folder, message: str) -> None:
        shown = self._shown.pop(folder.uri, None)
        if shown is None:
            return
        self._folder_of_token.pop(shown.token, None)
        if shown.timer is not None:
            shown.timer.cancel()
        if shown.is_begun:
            self._send(shown.token, types.WorkDoneProgressEnd(message=message))

    def _send(
        self,
        token: str,
        value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd,
    ) -> None:
        self._protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))


def _is_worth_showing(progress: Progress) -> bool:
    return max(progress.n_files, progress.n_to_embed) >= WORTH_SHOWING


def _outcome(standing: Standing) -> str:
    """How a job ended."""
    report = standing.report
    if report is None:
        return standing.activity.value
    n_vectors = report.n_encoded + report.n_reused
    if report.n_files_changed or not n_vectors:
        done = f"{report.n_chunks:,} chunks of {report.n_files_changed:,} files"
    else:  # an earlier job read the files
        done = f"embedding {n_vectors:,} chunks"
    return done if report.is_complete else f"stopped after {done}"


def _told(progress: Progress) -> tuple[str, int]:
    """What the bar says, and how full it is: reading is its first tenth, embedding the rest."""
    word = WORDS[progress.phase.value]
    slowed = f" · slower: {progress.slowed}" if progress.slowed else ""
    if progress.phase.value in {"embedding", "settling"} and progress.n_to_embed:
        text = f"{word} {progress.n_embedded:,} of {progress.n_to_embed:,} chunks{slowed}"
        return text, 10 + 90 * progress.n_embedded // progress.n_to_embed
    if progress.n_files:
        text = f"{word} {progress.n_files_done:,} of {progress.n_files:,} files, {progress.n_chunks:,} chunks{slowed}"
        return text, 10 * progress.n_files_done // progress.n_files
    return word, 0
