"""What the requests of one session share."""

from __future__ import annotations

from pathlib import Path

from tests.lsp.client import run_async, uri_of
from whence.app import LocalServices
from whence.lsp.session import Session


@run_async
async def test_folders_that_are_opened_anew_count_as_about_to_be_brought_up_to_date(shop: Path) -> None:
    session = Session(LocalServices())
    await session.open_folder(uri_of(shop), "shop")
    (folder,) = session.folders
    session.is_settled.set()
    try:
        assert not session.is_indexing(folder)
        async with session.changing_folders:  # their indexes may be of other models, and the keeper has not begun
            assert session.is_indexing(folder)
        assert not session.is_indexing(folder)
    finally:
        await session.close()
