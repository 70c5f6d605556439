"""A peer's process: asked by JSON lines, its time and memory taken from outside."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
import psutil

SAMPLE_S = 0.05
"""How often memory is looked at. Each process's own peak is exact all the same."""


class PeerFailed(Exception):
    """A peer ended or answered nothing; the text has its last words."""


@attrs.frozen
class Command:
    """How a peer's child is started."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path


@attrs.define
class Usage:
    """What a process used, known when it has ended."""

    wall_s: float = 0.0
    own_bytes: int = 0
    """Peak of the process alone, as it told."""
    family_bytes: int = 0
    """The largest sum over the process and those it started that was seen; the sampling thread alone writes it."""

    @property
    def peak_bytes(self) -> int:
        """The larger of both."""
        return max(self.own_bytes, self.family_bytes)


class Process:
    """A running child, used by one thread."""

    def __init__(self, popen: subprocess.Popen[str], usage: Usage, log: Path) -> None:
        self.usage = usage
        self._popen, self._log = popen, log

    def do(self, **request: Any) -> dict[str, Any]:
        """Have one request done.

        Raises:
            PeerFailed: the process ended instead.
        """
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        try:
            self._popen.stdin.write(json.dumps(request) + "\n")
            self._popen.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed(self.last_words()) from None
        line = self._popen.stdout.readline()
        if not line:
            raise PeerFailed(self.last_words())
        reply: dict[str, Any] = json.loads(line)
        self.usage.own_bytes = reply["peak_bytes"]
        return reply

    def last_words(self) -> str:
        """The end of what it wrote to stderr."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")


@contextmanager
def running(command: Command, log: Path) -> Iterator[Process]:
    """Start a child; wait for its end, with which its usage is known. Nothing it started outlives it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    usage, is_over = Usage(), threading.Event()
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as errors:
        popen = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env={**os.environ, **command.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        sampler = threading.Thread(target=_sample, args=(popen.pid, usage, is_over), daemon=True)
        sampler.start()
        try:
            yield Process(popen, usage, log)
            assert popen.stdin is not None
            popen.stdin.close()
            popen.wait()
        finally:
            is_over.set()
            sampler.join()
            _end(popen)
            usage.wall_s = time.perf_counter() - start


def _sample(pid: int, usage: Usage, is_over: threading.Event) -> None:
    while not is_over.wait(SAMPLE_S):
        with suppress(psutil.Error):  # one of them ended meanwhile
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
            usage.family_bytes = max(usage.family_bytes, sum(one.memory_info().rss for one in family))


def _end(popen: subprocess.Popen[str]) -> None:
    if popen.poll() is None:
        process = psutil.Process(popen.pid)
        for one in [*process.children(recursive=True), process]:
            one.kill()
        popen.wait()
    for pipe in (popen.stdin, popen.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # a request it did not live to read
                pipe.close()
