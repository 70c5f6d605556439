"""Registry entries of markup, styles, prose, notebooks and configuration. How to add one is told in registry.py."""

from __future__ import annotations

from whence.chunking.language import Language

PROSE_LANGUAGES: tuple[Language, ...] = ()
