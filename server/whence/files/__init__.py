"""Adapter to the file system and git: which files there are, their text, and why one is left out."""
