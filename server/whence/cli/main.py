"""Run one command: parse, call the use case, print, and turn every expected failure into one line."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from whence.cli import as_json, as_text
from whence.cli.arguments import build_parser
from whence.cli.progress import shown_progress
from whence.cli.services import Services
from whence.domain import Filters, Kind, Query
from whence.engine.jobs import CancelToken
from whence.engine.tally import RefreshReport
from whence.engine.workspace import Workspace
from whence.errors import Bug, Cancelled, StoreBusy, UsageError, WhenceError

FOUND, NOTHING_FOUND, FAILED, STOPPED = 0, 1, 2, 130

logger = logging.getLogger(__name__)


def run(services: Services, argv: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    arguments = build_parser().parse_args(argv)
    _log_to_stderr(arguments.verbose)
    try:
        with _cancelled_by_ctrl_c() as token:
            return _COMMANDS[arguments.command](services, arguments, token)
    except Cancelled as stopped:
        return _fail(stopped, STOPPED)
    except WhenceError as failure:
        return _fail(failure, FAILED)
    except BrokenPipeError:
        # The reader of our output went away (`whence search … | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except Bug as defect:
        return _fail(defect, FAILED, "this is a defect in Whence; please report it with the line above")
    except OSError as failure:
        logger.debug("failed", exc_info=True)
        return _fail(failure, FAILED)


def _index(services: Services, arguments: Namespace, token: CancelToken) -> int:
    workspace = _open(services, arguments)
    report = _refresh(workspace, token)
    if report.reset_reason or report.is_complete:
        _print(as_text.refresh_report(report, workspace.status()))
    if not report.is_complete:
        raise _stopped(workspace)
    return FOUND


def _search(services: Services, arguments: Namespace, token: CancelToken) -> int:
    workspace = _open(services, arguments)
    services.preload()
    filters = _filters(arguments)
    if arguments.queries is not None:
        queries = _read_queries(arguments.queries)
        _bring_up_to_date(workspace, arguments, token)
        return _search_all(workspace, queries, filters, arguments, token)
    if not arguments.query.strip():
        raise UsageError("The query is empty; ask for something")
    _bring_up_to_date(workspace, arguments, token)
    result = workspace.search(Query(arguments.query, arguments.k, filters))
    if arguments.json:
        _print_json(as_json.search_result(arguments.query, result, with_timings=arguments.explain))
    else:
        paint = as_text.Paint(is_coloured=as_text.is_coloured())
        _print(as_text.search_result(result, paint, with_explanation=arguments.explain))
    return FOUND if result.hits else NOTHING_FOUND


def _search_all(
    workspace: Workspace,
    queries: Iterable[_NumberedQuery],
    filters: Filters,
    arguments: Namespace,
    token: CancelToken,
) -> int:
    """Answer line by line, so that a program can ask, read and ask again."""
    n_found = 0
    for query_id, text in queries:
        token.check()
        result = workspace.search(Query(text, arguments.k, filters))
        n_found += bool(result.hits)
        _print_json({"id": query_id, **as_json.search_result(text, result, with_timings=arguments.explain)})
    return FOUND if n_found else NOTHING_FOUND


def _similar(services: Services, arguments: Namespace, token: CancelToken) -> int:
    workspace = _open(services, arguments)
    path, line = _place(arguments.place)
    relative = workspace.relative_path(_from_here_or_root(workspace, path))
    services.preload()
    _bring_up_to_date(workspace, arguments, token)
    result = workspace.similar(relative, line, arguments.k)
    if arguments.json:
        _print_json(as_json.similar_result(result))
    else:
        _print(as_text.similar_result(result, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if result.hits or result.copies else NOTHING_FOUND


def _status(services: Services, arguments: Namespace, _token: CancelToken) -> int:
    status = _open(services, arguments).status()
    if arguments.json:
        _print_json(as_json.status(status))
    else:
        _print(as_text.status(status))
    return FOUND


def _explain_file(services: Services, arguments: Namespace, _token: CancelToken) -> int:
    workspace = _open(services, arguments)
    relative = workspace.relative_path(_from_here_or_root(workspace, Path(arguments.path)))
    explanation = workspace.explain_file(relative)
    if arguments.json:
        _print_json(as_json.file_explanation(explanation))
    else:
        _print(as_text.file_explanation(explanation, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if explanation.is_indexed else NOTHING_FOUND


def _doctor(services: Services, arguments: Namespace, _token: CancelToken) -> int:
    checks = services.checks()
    if arguments.json:
        _print_json([as_json.check(check) for check in checks])
    else:
        _print(as_text.checks(checks, as_text.Paint(is_coloured=as_text.is_coloured())))
    return FOUND if all(check.is_ok for check in checks) else FAILED


def _clean(services: Services, arguments: Namespace, _token: CancelToken) -> int:
    removed = services.clean_all() if arguments.all else services.clean(_root(services, arguments))
    _print(as_text.removed(removed))
    return FOUND if removed else NOTHING_FOUND


_COMMANDS: dict[str, Callable[[Services, Namespace, CancelToken], int]] = {
    "index": _index,
    "search": _search,
    "similar": _similar,
    "status": _status,
    "explain-file": _explain_file,
    "doctor": _doctor,
    "clean": _clean,
}


def _root(services: Services, arguments: Namespace) -> Path:
    root: Path = arguments.root if arguments.root is not None else services.find_root(Path.cwd())
    return root


def _open(services: Services, arguments: Namespace) -> Workspace:
    return services.open(_root(services, arguments))


def _refresh(workspace: Workspace, token: CancelToken) -> RefreshReport:
    with shown_progress() as on_progress:
        return workspace.refresh(on_progress, token)


def _bring_up_to_date(workspace: Workspace, arguments: Namespace, token: CancelToken) -> None:
    """Refresh before answering, unless told not to; answer from what is there when another process is at it."""
    if arguments.no_refresh:
        return
    limited = token if arguments.within is None else CancelToken(time.monotonic() + arguments.within, parent=token)
    try:
        report = _refresh(workspace, limited)
    except StoreBusy as busy:
        _note(f"{busy}; answering from what it has written so far")
        return
    if report.reset_reason:
        _note(f"index begun anew: {report.reset_reason}")
    if not report.is_complete and token.is_cancelled():
        raise _stopped(workspace)


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
    return here if here.exists() and here.resolve().is_relative_to(workspace.root) else workspace.root / path


_NumberedQuery = tuple[as_json.Json, str]


def _read_queries(name: str) -> Iterator[_NumberedQuery]:
    """Read {"id", "query"} objects, one a line; empty lines are passed over.

    Raises:
        UsageError: the file is not there, or a line is not such an object; says which.
    """
    if name == "-":
        return _parse_queries("standard input", sys.stdin)
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"Cannot read the queries in {name}: {exc}") from exc
    return iter(list(_parse_queries(name, lines)))


def _parse_queries(name: str, lines: Iterable[str]) -> Iterator[_NumberedQuery]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except ValueError as exc:
            raise UsageError(f"Line {number} of {name} is not JSON: {exc}") from exc
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            raise UsageError(f'Line {number} of {name} is not an object with a text "query"')
        yield asked.get("id", number), asked["query"]


@contextmanager
def _cancelled_by_ctrl_c() -> Iterator[CancelToken]:
    """Turn the first Ctrl-C or SIGTERM into a cancelled token, the second into the end of the process.

    Leaving at once is safe at any moment: the index survives being killed.
    """
    token = CancelToken()

    def stop(_signal_number: int, _frame: FrameType | None) -> None:
        if token.is_cancelled():
            os._exit(STOPPED)
        token.cancel()

    names = [signal.SIGINT, signal.SIGTERM]
    previous = {name: signal.signal(name, stop) for name in names}
    try:
        yield token
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)


def _log_to_stderr(verbosity: int) -> None:
    level = {0: logging.ERROR, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("whence").setLevel(level)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
    sys.stdout.flush()


def _print_json(value: as_json.Json) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _note(message: str) -> None:
    print(f"whence: {message}", file=sys.stderr)


def _fail(failure: BaseException, code: int, advice: str = "") -> int:
    """Say in one line what went wrong."""
    words = " ".join(str(failure).split()) or type(failure).__name__
    _note(f"{words}; {advice}" if advice else words)
    return code
