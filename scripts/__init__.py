"""Tools for working on Whence."""
