"""Standard streams as they really come: closed, full, without a reader, or in another encoding than UTF-8."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from whence.errors import WhenceError

if TYPE_CHECKING:
    from whence.cli.as_json import Json


def prepare_streams() -> None:
    """Give closed streams a substitute, and let every character be written, escaped where the encoding lacks it."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _occupy_descriptors()
        sys.stdin = sys.stdin or io.StringIO()
        sys.stdout = sys.stdout or io.StringIO()
        sys.stderr = sys.stderr or io.StringIO()
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")  # JSON is UTF-8 whatever the locale says
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def print_lines(lines: Iterable[str]) -> None:
    """Print an answer for a person.

    Raises:
        BrokenPipeError: nobody reads it.
        WhenceError: it cannot be written.
    """
    _write("".join(f"{line}\n" for line in lines))


def print_json(value: Json) -> None:
    """Print an answer for a program, as one line of UTF-8, or of ASCII where stdout has another encoding.

    Raises:
        BrokenPipeError: nobody reads it.
        WhenceError: it cannot be written.
    """
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "") == "utf8"
    _write(json.dumps(value, ensure_ascii=not is_utf8) + "\n")


def note(message: str) -> None:
    """Say something about the answer on stderr."""
    with suppress(OSError):  # a full or closed stderr is no reason to withhold the answer
        print(f"whence: {message}", file=sys.stderr, flush=True)


def leave(code: int) -> NoReturn:
    """End the process at once: background imports of libraries neither hold the exit up nor crash it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def forget_stdout() -> None:
    """Drop what could not be written, so that the interpreter does not try it again at exit."""
    sys.stdout = io.StringIO()


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as failure:
        forget_stdout()
        raise WhenceError(f"The answer cannot be written ({failure.strerror}); look at where stdout goes") from failure


def _occupy_descriptors() -> None:
    """Open the null device where 0, 1 or 2 are free, lest a file of the index get one and a library's words go in."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
