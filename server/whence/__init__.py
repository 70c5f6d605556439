"""Whence: ask a code base where something happens, in plain words, on your own machine."""

__version__ = "0.1.0"
