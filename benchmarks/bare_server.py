"""The least a pygls server can be, to compare the start of ours with: no features, nothing imported but pygls."""

from pygls.lsp.server import LanguageServer

LanguageServer("bare", "1").start_io()
