"""What the README's pictures have in common."""

from __future__ import annotations

import re

from rich._export_format import CONSOLE_SVG_FORMAT

WITHOUT_FONT_DOWNLOADS = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace", "font-family: Fira Code, Menlo, Consolas, monospace"
)
"""Rich's form of an SVG. A picture must not make its reader's browser fetch anything: fonts that are there will do."""
