"""Registry entries of further programming languages. How to add one is told in registry.py."""

from __future__ import annotations

from whence.chunking.language import Language

MORE_LANGUAGES: tuple[Language, ...] = ()
