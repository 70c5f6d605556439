"""The language server, the only package that knows LSP, JSON and UTF-16: thin handlers over the engine."""
