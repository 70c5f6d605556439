"""The command line: arguments in, text or JSON out. Knows the engine's use cases, never an adapter.

Answers go to stdout, everything else to stderr. Exit codes: 0 found, 1 nothing found, 2 wrong use or failure,
130 stopped.
"""

from whence.cli.main import run

__all__ = ["run"]
