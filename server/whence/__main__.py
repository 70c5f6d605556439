"""The way in: `whence`, and `python -m whence`, which is the same."""

from __future__ import annotations

import os
import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the `whence` command."""
    # Until the command line watches for Ctrl-C itself nothing has begun, so leaving without a word is right.
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(130))
    from whence.app import main as run_command

    run_command()


if __name__ == "__main__":
    main()
