"""Adapter to LanceDB and SQLite: one workspace's index on disk, and vectors shared across workspaces."""
