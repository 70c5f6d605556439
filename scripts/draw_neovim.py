"""Draw docs/neovim.svg from a real search of this repository in Neovim: `python scripts/draw_neovim.py`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text

from scripts.pictures import WITHOUT_FONT_DOWNLOADS

REPOSITORY = Path(__file__).parents[1]
QUESTION = "where is a file split into chunks"
FILE = "server/whence/app.py"
WITHIN = "server/**"
WIDTH = 120


def main() -> None:
    """Run Neovim as a person would and keep what its screen shows."""
    neovim = REPOSITORY / "build" / "editors" / "neovim-trixie"
    subprocess.run([str(REPOSITORY / "scripts" / "install-neovim.sh"), str(neovim)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        screen = Path(folder) / "screen.json"
        environment = {
            **os.environ,
            "WHENCE_PLUGIN": str(REPOSITORY / "nvim"),
            "WHENCE_SERVER": json.dumps([sys.executable, "-m", "whence", "serve"]),
            "WHENCE_QUESTION": f"-path={WITHIN} {QUESTION}",
            "WHENCE_FILE": FILE,
            "WHENCE_SCREEN": str(screen),
            "XDG_STATE_HOME": folder,
        }
        script = str(REPOSITORY / "scripts" / "draw_neovim.lua")
        subprocess.run(
            [str(neovim / "nvim"), "--headless", "-i", "NONE", "-u", script],
            cwd=REPOSITORY,
            env=environment,
            check=True,
        )
        rows = json.loads(screen.read_text(encoding="utf-8"))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    for row in rows:
        console.print(_line(row), end="\n", no_wrap=True)
    svg = console.export_svg(title="nvim", theme=MONOKAI, code_format=WITHOUT_FONT_DOWNLOADS)
    (REPOSITORY / "docs" / "neovim.svg").write_text(svg, encoding="utf-8")


def _line(row: list[list[Any]]) -> Text:
    line = Text()
    for (foreground, background, bold, is_reverse), cells in groupby(row, key=lambda cell: tuple(cell[1:])):
        style = Style(color=_color(foreground), bgcolor=_color(background), bold=bold, reverse=is_reverse)
        line.append("".join(cell[0] for cell in cells), style)
    return line


def _color(number: int) -> str | None:
    return None if number < 0 else f"#{number:06x}"


if __name__ == "__main__":
    main()
