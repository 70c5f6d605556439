"""Draw docs/search.svg, the README's picture, from a real search of this repository: `make picture`."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from scripts.pictures import WITHOUT_FONT_DOWNLOADS

REPOSITORY = Path(__file__).parents[1]
QUESTION = "where do we notice that the editor went away"


def main() -> None:
    """Run the command as a person would and keep what it prints."""
    command = ["search", QUESTION, "--root", str(REPOSITORY), "-k", "2", "--path", "server/**"]
    done = subprocess.run([sys.executable, "-m", "whence", *command], capture_output=True, text=True, check=True)
    console = Console(record=True, width=110, file=io.StringIO())
    console.print(Text(f'$ whence search "{QUESTION}" -k 2', style="bold green"))
    for line in done.stdout.rstrip().splitlines():
        console.print(_styled(line))
    svg = console.export_svg(title="whence", theme=MONOKAI, code_format=WITHOUT_FONT_DOWNLOADS)
    (REPOSITORY / "docs" / "search.svg").write_text(svg, encoding="utf-8")


def _styled(line: str) -> Text:
    if line[:3].strip().rstrip(".").isdecimal():
        place, _, rest = line.partition("  ")
        text = Text(place, style="bold cyan")
        return text.append(f"  {rest}", style="bold")
    return Text(line, style="dim" if line.lstrip().startswith("why:") else "")


if __name__ == "__main__":
    main()
