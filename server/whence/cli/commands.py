"""What each command does: call the use case, print what it gave."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from whence.cli import as_json, as_text
from whence.cli.asking import NumberedQuery, read_queries
from whence.cli.progress import shown_progress
from whence.cli.services import Services
from whence.cli.stopping import Stop
from whence.cli.streams import note, print_json, print_lines
from whence.domain import Filters, IndexCounts, IndexState, Kind, Query
from whence.engine.jobs import CancelToken, OnProgress, Progress
from whence.errors import Cancelled, StoreCorrupt, StoreError, UsageError

if TYPE_CHECKING:
    from whence.engine.workspace import Workspace

FOUND, NOTHING_FOUND, FAILED = 0, 1, 2

PATIENCE_S = 5.0
"""How long a search waits for vectors of the model once the first model's stand in for them: small folders are finished
by then, and in large ones nobody waits minutes for an answer that is there."""


def carry_out(services: Services, arguments: Namespace, token: Stop) -> int:
    """Carry out the command that was parsed; its exit code."""
    command = arguments.command
    if command in _ON_THIS_MACHINE:
        return _ON_THIS_MACHINE[command](services, arguments)
    if command == "eval":
        return _eval(services, arguments, token)
    with closing(services.open(_root(services, arguments))) as workspace:
        if command in _NEED_THE_MODEL:
            services.preload()
        return _ON_A_WORKSPACE[command](workspace, arguments, token)


def _index(workspace: Workspace, _arguments: Namespace, token: CancelToken) -> int:
    with shown_progress() as on_progress:
        report = workspace.refresh(on_progress, token)
    if report.reset_reason or report.is_complete:
        status = workspace.status()
        print_lines(as_text.refresh_report(report, status))
        _note_if_empty(workspace, status.counts)
    if not report.is_complete:
        raise _stopped(workspace)
    return FOUND


def _search(workspace: Workspace, arguments: Namespace, token: CancelToken) -> int:
    filters = _filters(arguments)
    if arguments.queries is not None:
        queries = read_queries(arguments.queries)
        is_current = _bring_up_to_date(workspace, arguments, token)
        return _search_all(workspace, queries, filters, arguments, token, is_current=is_current)
    if not arguments.query.strip():
        raise UsageError("The query is empty; ask for something")
    is_patient = arguments.wait or arguments.within is not None
    is_current = _bring_up_to_date(workspace, arguments, token, patience_s=None if is_patient else PATIENCE_S)
    result = workspace.search(Query(arguments.query, arguments.k, filters))
    token.check()
    if is_current:
        _note_if_empty(workspace, result.counts)
    if arguments.json:
        shown = as_json.search_result(arguments.query, result, is_current=is_current, with_timings=arguments.explain)
        print_json(shown)
    else:
        paint = as_text.Paint(is_coloured=as_text.is_coloured())
        print_lines(as_text.search_result(result, paint, with_explanation=arguments.explain))
    return FOUND if result.hits else NOTHING_FOUND


def _search_all(
    workspace: Workspace,
    queries: Iterable[NumberedQuery],
    filters: Filters,
    arguments: Namespace,
    token: CancelToken,
    *,
    is_current: bool,
) -> int:
    """Answer line by line, so that a program can ask, read and ask again."""
    n_found = 0
    for query_id, text in queries:
        token.check()
        result = workspace.search(Query(text, arguments.k, filters))
        n_found += bool(result.hits)
        shown = as_json.search_result(text, result, is_current=is_current, with_timings=arguments.explain)
        print_json({"id": query_id, **shown})
    return FOUND if n_found else NOTHING_FOUND


def _similar(workspace: Workspace, arguments: Namespace, token: CancelToken) -> int:
    path, line = _place(arguments.place)
    relative = workspace.relative_path(_from_here_or_root(workspace, path))
    _bring_up_to_date(workspace, arguments, token)
    result = workspace.similar(relative, line, arguments.k)
    token.check()
    if arguments.json:
        print_json(as_json.similar_result(result))
    else:
        print_lines(as_text.similar_result(result, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if result.hits or result.copies else NOTHING_FOUND


def _status(workspace: Workspace, arguments: Namespace, _token: CancelToken) -> int:
    status = workspace.status()
    if arguments.json:
        print_json(as_json.status(status))
    else:
        print_lines(as_text.status(status))
    return FOUND


def _explain_file(workspace: Workspace, arguments: Namespace, _token: CancelToken) -> int:
    relative = workspace.relative_path(_from_here_or_root(workspace, Path(arguments.path)))
    explanation = workspace.explain_file(relative)
    if arguments.json:
        print_json(as_json.file_explanation(explanation))
    else:
        print_lines(as_text.file_explanation(explanation, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if explanation.is_indexed else NOTHING_FOUND


def _eval(services: Services, arguments: Namespace, token: Stop) -> int:
    from whence.engine.evaluate import MIN_QUESTIONS, EvaluationOptions  # here: no other command needs it

    options = EvaluationOptions(n_questions=arguments.limit, n_files=arguments.files)
    with token.scratch_folder() as scratch:
        evaluator = services.evaluator(_root(services, arguments), scratch, arguments.model, arguments.dimension)
        try:
            with shown_progress() as on_progress:
                evaluated = evaluator.run(options, on_progress, token)
        except Cancelled as stopped:
            raise Cancelled("Stopped; only vectors are kept, so that the next evaluation is quicker") from stopped
    if evaluated.is_empty:
        note(
            f"too little to ask about {evaluated.root}: {evaluated.docs.n_available} doc comments and "
            f"{evaluated.commits.n_available} commits of {evaluated.n_files:,} files make a question, and "
            f"{min(MIN_QUESTIONS, options.n_questions)} are needed of one sort; try another folder or more --files"
        )
        return NOTHING_FOUND
    if arguments.json:
        print_json(as_json.evaluated(evaluated, options, arguments.show_misses))
    else:
        paint = as_text.Paint(is_coloured=as_text.is_coloured())
        print_lines(as_text.evaluated(evaluated, paint, arguments.show_misses))
    return FOUND


def _doctor(services: Services, arguments: Namespace) -> int:
    checks = services.checks()
    if arguments.json:
        print_json([as_json.check(check) for check in checks])
    else:
        print_lines(as_text.checks(checks, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if all(check.is_ok for check in checks) else FAILED


def _clean(services: Services, arguments: Namespace) -> int:
    removed = services.clean_all() if arguments.all else services.clean(_root(services, arguments))
    print_lines(as_text.removed(removed))
    return FOUND if removed else NOTHING_FOUND


_ON_THIS_MACHINE: dict[str, Callable[[Services, Namespace], int]] = {
    "doctor": _doctor,
    "clean": _clean,
}

_ON_A_WORKSPACE: dict[str, Callable[[Workspace, Namespace, CancelToken], int]] = {
    "index": _index,
    "search": _search,
    "similar": _similar,
    "status": _status,
    "explain-file": _explain_file,
}

_NEED_THE_MODEL = frozenset({"search", "similar"})


def _root(services: Services, arguments: Namespace) -> Path:
    if arguments.root is not None:
        named: Path = arguments.root
        return named
    try:
        here = Path.cwd()
    except OSError as gone:
        raise UsageError("The current folder is gone; go to another, or name one with --root") from gone
    return services.find_root(here)


class _Patience:
    """Ends a refresh some seconds after the first model's vectors stand in for those that are still to come."""

    def __init__(self, seconds: float | None, token: CancelToken, watch: OnProgress) -> None:
        self._seconds = seconds
        self._token = token
        self._watch = watch
        self._ends: float | None = None
        self.is_over = False

    def __call__(self, progress: Progress) -> None:
        self._watch(progress)
        if self._seconds is None or not progress.is_bridged:
            return
        now = time.monotonic()
        self._ends = self._ends or now + self._seconds
        if now >= self._ends:
            self.is_over = True
            self._token.cancel()


def _bring_up_to_date(
    workspace: Workspace, arguments: Namespace, token: CancelToken, patience_s: float | None = None
) -> bool:
    """Refresh before answering, unless told not to; false when the answer cannot count on every file.

    Where the index cannot be written, because another process is at it or the disk is full, what is there answers.

    Args:
        patience_s: how long to wait for vectors of the model where the first model's stand in; None for all of them.
    """
    if arguments.no_refresh:
        return True
    deadline = None if arguments.within is None else time.monotonic() + arguments.within
    limited = CancelToken(deadline, parent=token)
    try:
        with shown_progress() as on_progress:
            patience = _Patience(patience_s, limited, on_progress)
            report = workspace.refresh(patience, limited)
    except StoreCorrupt:
        raise
    except StoreError as failure:
        if workspace.status().state is not IndexState.USABLE:
            raise
        note(f"{failure}; answering from what is indexed so far")
        return False
    if report.reset_reason:
        note(f"index begun anew: {report.reset_reason}")
    if report.is_complete:
        return True
    if token.is_cancelled():
        raise _stopped(workspace)
    if patience.is_over:
        note('answering before every chunk has its vector; "whence index" embeds the rest, --wait waits for it')
        return True
    n_files = workspace.status().counts.n_files
    note(f'the time given was over; {n_files:,} files can be searched so far; "whence index" reads the rest')
    return False


def _note_if_empty(workspace: Workspace, counts: IndexCounts) -> None:
    if not counts.n_files:
        note(f'no file of {workspace.root} is indexed; "whence explain-file PATH" tells why one is left out')


def _stopped(workspace: Workspace) -> Cancelled:
    counts = workspace.status().counts
    return Cancelled(
        f"Stopped; {counts.n_chunks:,} chunks of {counts.n_files:,} files are kept, "
        f"{counts.n_embedded:,} of them with vectors; "
        "run it again to go on"
    )


def _filters(arguments: Namespace) -> Filters:
    kinds = {kind.value: kind for kind in Kind}
    if unknown := [name for name in arguments.kind if name.lower() not in kinds]:
        raise UsageError(f"Unknown kind {unknown[0]!r} in --kind; known are {', '.join(kinds)}")
    from whence.chunking.registry import LANGUAGES  # here: start-up without --lang stays light

    if unknown := [name for name in arguments.lang if name.lower() not in LANGUAGES]:
        raise UsageError(f"Unknown language {unknown[0]!r} in --lang; known are {', '.join(sorted(LANGUAGES))}")
    return Filters(
        path_globs=tuple(arguments.path),
        languages=tuple(name.lower() for name in arguments.lang),
        kinds=tuple(kinds[name.lower()] for name in arguments.kind),
    )


def _place(text: str) -> tuple[Path, int]:
    """Split PATH:LINE; a Windows drive's colon belongs to the path."""
    path, _, line = text.rpartition(":")
    if not path or not line.isdecimal() or int(line) < 1:
        raise UsageError(f"{text!r} is not PATH:LINE; name a file and a line, for example server/auth.py:120")
    return Path(path), int(line)


def _from_here_or_root(workspace: Workspace, path: Path) -> Path:
    """A relative path means the file seen from the current folder if it is there, else from the root."""
    here = Path.cwd() / path
    return here if os.path.lexists(here) and here.resolve().is_relative_to(workspace.root) else workspace.root / path
