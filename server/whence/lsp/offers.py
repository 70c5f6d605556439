"""What is offered to clients, by name.

The code that answers is loaded with the first question, and `initialize` is answered without it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lsprotocol import types

from whence.lsp import names

if TYPE_CHECKING:
    from whence.lsp.server import Server
    from whence.lsp.surfaces import Symbols


def offer_requests(server: Server) -> None:
    """Whence's own requests, each also as a command of the same name."""

    def offer(method: str) -> None:
        async def handle(raw: names.Raw) -> object:
            from whence.lsp import requests

            return await requests.answer(server, method, raw)

        server.ls.feature(method)(handle)
        server.ls.command(method)(handle)

    for method in names.REQUESTS:
        offer(method)


def offer_surfaces(server: Server) -> None:
    """LSP's own requests."""
    ls = server.ls

    @cache
    def symbols() -> Symbols:
        from whence.lsp.surfaces import Symbols

        return Symbols(server)

    @ls.feature(types.WORKSPACE_SYMBOL)
    async def workspace_symbol(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        return await symbols().answer(params.query)

    @ls.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        from whence.lsp import surfaces

        return await surfaces.lenses(server, params.text_document.uri)

    @ls.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        from whence.lsp import surfaces

        return await surfaces.resolved(server, lens)

    @ls.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        from whence.lsp import surfaces

        return await surfaces.hover(server, params.text_document.uri, params.position)

    @ls.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        from whence.lsp import surfaces

        return await surfaces.actions(server, params)


def offer_show_similar(server: Server) -> None:
    """The command of lenses and code actions, for clients that do not handle it themselves."""

    async def show_similar(raw: names.Raw) -> list[types.Location]:
        from whence.lsp import surfaces

        return await surfaces.show_similar(server, raw)

    server.ls.command(names.SHOW_SIMILAR)(show_similar)
