"""What the command line accepts: one parser, one subcommand a use case."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn, TypeAlias

from whence import __version__

DEFAULT_LIMIT = 10
DEFAULT_QUESTIONS = 200
"""Of each sort: a share of one half is then known to 7 points either way."""

DEFAULT_FILES = 500
"""Files of an evaluation: some four minutes on two cores that have nothing else to do."""

LAST_PORT = 65_535
MAX_COUNT = 1_000_000
MAX_LIMIT = 1000
"""More hits than anyone reads; it bounds the candidates a query holds in memory."""

_EPILOG = """\
examples:
  whence search "where does session verification happen"
  whence search parseConfig --lang go --path "src/**"
  whence similar server/auth.py:120
  whence explain-file build/generated.js
  whence eval --show-misses 10

Everything stays on this machine. Exit codes: 0 found, 1 nothing found, 2 wrong use or failure.
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as every other failure is said."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f'whence: {message}; see "{self.prog} --help"\n')


def build_parser() -> argparse.ArgumentParser:
    """The parser of `whence`; the chosen subcommand is in `.command`."""
    parser = _Parser(
        prog="whence",
        description="Ask a code base where something happens, in plain words, on your own machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"whence {__version__}")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log what happens to stderr; twice for more")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_index(commands)
    _add_search(commands)
    _add_similar(commands)
    _add_status(commands)
    _add_explain_file(commands)
    _add_serve(commands)
    _add_doctor(commands)
    _add_eval(commands)
    _add_clean(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - argparse has no public name for the type add_subparsers returns


def _add_index(commands: _Commands) -> None:
    command = _add_command(commands, "index", "build the index of a folder, or bring it up to date")
    _add_root(command)


def _add_search(commands: _Commands) -> None:
    command = _add_command(commands, "search", "find the places that answer a question, name or piece of code")
    asked = command.add_mutually_exclusive_group(required=True)
    asked.add_argument("query", nargs="?", metavar="QUERY", help='plain words, a symbol such as "Engine.run", or code')
    asked.add_argument(
        "--queries",
        metavar="FILE",
        help='one {"id", "query"} a line from FILE or - ; answers one {"id", "hits"} a line',
    )
    _add_root(command)
    _add_limit(command)
    _add_json(command)
    command.add_argument(
        "--path", action="append", default=[], metavar="GLOB", help='only paths like this, for example "src/**/*.py"'
    )
    command.add_argument("--lang", action="append", default=[], metavar="LANGUAGE", help="only this language")
    command.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help="only this kind: function, method, class, interface, section, test …; a wrong one is answered with all",
    )
    command.add_argument("--explain", action="store_true", help="show what each reason adds to the score, and timings")
    _add_refresh(command)
    command.add_argument(
        "--wait",
        action="store_true",
        help="wait until every chunk has its vector, as --queries does; but --within wins",
    )


def _add_similar(commands: _Commands) -> None:
    command = _add_command(commands, "similar", "find code like the definition around a line")
    command.add_argument("place", metavar="PATH:LINE", help="a file and a line in it, for example server/auth.py:120")
    _add_root(command)
    _add_limit(command)
    _add_json(command)
    _add_refresh(command)


def _add_status(commands: _Commands) -> None:
    command = _add_command(commands, "status", "tell the state of a folder's index, where it lies and how big it is")
    _add_root(command)
    _add_json(command)


def _add_explain_file(commands: _Commands) -> None:
    command = _add_command(commands, "explain-file", "tell how a file is indexed, or why it is left out")
    command.add_argument("path", metavar="PATH", help="a file, relative to here or to the root")
    _add_root(command)
    _add_json(command)


def _add_serve(commands: _Commands) -> None:
    command = _add_command(commands, "serve", "be a language server for an editor, over stdin and stdout")
    command.add_argument("--stdio", action="store_true", help="the default; taken because many editors pass it")
    command.add_argument(
        "--tcp", metavar="HOST:PORT", type=_address, help="wait for one client on this loopback address, to debug"
    )


def _add_doctor(commands: _Commands) -> None:
    command = _add_command(commands, "doctor", "check this installation: processor, libraries, parsers, model, folders")
    _add_json(command)


def _add_eval(commands: _Commands) -> None:
    command = _add_command(
        commands, "eval", "measure how well search finds things here, by doc comments and commit messages as questions"
    )
    _add_root(command)
    _add_json(command)
    command.add_argument(
        "--limit",
        type=_count,
        default=DEFAULT_QUESTIONS,
        metavar="N",
        help=f"at most N questions of each sort (default {DEFAULT_QUESTIONS})",
    )
    command.add_argument(
        "--files",
        type=_count,
        default=DEFAULT_FILES,
        metavar="N",
        help=f"search among at most N files, chosen by chance (default {DEFAULT_FILES})",
    )
    command.add_argument(
        "--show-misses", type=_count, default=0, metavar="N", help="also show the N questions answered worst"
    )
    command.add_argument("--model", type=Path, metavar="DIR", help="a model folder instead of the one in use")
    command.add_argument("--dimension", type=_count, metavar="N", help="cut vectors to N numbers, where the model can")


def _add_clean(commands: _Commands) -> None:
    command = _add_command(commands, "clean", "remove the index of a folder")
    _add_root(command)
    command.add_argument("--all", action="store_true", help="remove every index and the shared vectors instead")


def _add_command(commands: _Commands, name: str, summary: str) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")


def _add_root(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help="the folder to work on; without it, the git work tree around the current folder, or else that folder",
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="answer in JSON")


def _add_limit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-k", type=_limit, default=DEFAULT_LIMIT, metavar="N", help=f"at most N results (default {DEFAULT_LIMIT})"
    )


def _add_refresh(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-refresh", action="store_true", help="answer from the index as it is")
    command.add_argument(
        "--within",
        type=_seconds,
        metavar="SECONDS",
        help="spend at most this long on bringing the index up to date, then answer from what is there",
    )


def _limit(text: str) -> int:
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if not 1 <= limit <= MAX_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_LIMIT}")
    return limit


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_COUNT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_COUNT:,}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _address(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, for example 127.0.0.1:8765")
    return host.strip("[]"), int(port)
