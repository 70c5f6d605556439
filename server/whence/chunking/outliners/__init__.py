"""Outlines of languages without a grammar that serves: documents, markup, styles, notebooks, configuration, SQL.

Each is a function from bytes to an outline, named by a registry entry; linear in the size of the source, never raising.
"""
