"""Use cases over ports: open a workspace, bring its index up to date, search it, find similar code."""
