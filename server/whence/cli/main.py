"""Run one command: parse, carry it out, and turn every expected failure into one line."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whence.cli.arguments import build_parser
from whence.cli.stopping import STOPPED, Stop, stoppable
from whence.cli.streams import forget_stdout, note, prepare_streams
from whence.errors import Bug, Cancelled, WhenceError

if TYPE_CHECKING:
    from whence.cli.services import Services

DONE, FAILED = 0, 2

logger = logging.getLogger(__name__)


def run(services: Services, argv: Sequence[str], grace_s: float | None = None) -> int:
    """Run one command and give its exit code; `grace_s`: see `stoppable`."""
    prepare_streams()
    arguments = build_parser().parse_args(argv)
    _log_to_stderr(arguments.verbose)
    try:
        with stoppable(grace_s) as token:
            return _run(services, arguments, token)
    except Cancelled as stopped:
        return _fail(stopped, STOPPED)
    except WhenceError as failure:
        return _fail(failure, FAILED)
    except BrokenPipeError:
        # The reader of our output went away (`whence search … | head`): nobody is left to tell.
        forget_stdout()
        return DONE
    except Bug as defect:
        return _fail(defect, FAILED, "this is a defect in Whence; please report it with the line above")
    except OSError as failure:
        logger.debug("failed", exc_info=True)
        where = f" ({failure.filename})" if failure.filename else ""
        return _fail(failure, FAILED, f"look at the disk{where} and run it again, with -v for more")


def _run(services: Services, arguments: Namespace, token: Stop) -> int:
    if arguments.command == "serve":
        return services.serve(arguments.tcp)
    from whence.cli.commands import carry_out  # here: the server starts, and --help answers, without the rest

    return carry_out(services, arguments, token)


def _log_to_stderr(verbosity: int) -> None:
    level = {0: logging.ERROR, 1: logging.INFO}.get(verbosity, logging.DEBUG)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("whence").setLevel(level)


def _fail(failure: BaseException, code: int, advice: str = "") -> int:
    """Say in one line what went wrong."""
    words = " ".join(str(failure).split()) or type(failure).__name__
    note(f"{words}; {advice}" if advice else words)
    return code
