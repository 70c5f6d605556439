"""Vectors of the first model, which stand in for those to come: in a table of their own, until every chunk is embedded.

They are a hint. A crash may lose some or leave some that nobody asks for; nothing else depends on them. The catalogue
remembers whose they are and how many of them stand in, so that status need not load LanceDB.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from whence.domain import ChunkId, ChunkRecord, Fingerprint
from whence.store.catalogue import FIRST_NAME, N_FIRST, Catalogue
from whence.store.failures import TABLE_FAILURES
from whence.store.format import table_name_of

if TYPE_CHECKING:
    from whence.arrays import Float32
    from whence.store.tables import Tables

logger = logging.getLogger(__name__)

FIRST_FINGERPRINT: Final = "first_fingerprint"


class FirstVectors:
    """One index's; writing methods are for the one writer, inside its mark that tables are being written."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._ids: set[ChunkId] | None = None  # touched by the writing thread; read once an opening
        self._standing: set[ChunkId] = set()  # those of _ids whose chunk has no other vector

    def fingerprint(self) -> Fingerprint | None:
        """Whose vectors they are; None where there are none."""
        found = self._catalogue.state(FIRST_FINGERPRINT)
        return None if found is None else Fingerprint(str(found))

    def table_name(self) -> str:
        """Name of their table; empty where there is none."""
        fingerprint = self.fingerprint()
        return "" if fingerprint is None else table_name_of(fingerprint)

    def ids(self, tables: Tables) -> set[ChunkId]:
        """Chunks that have a row."""
        if self._ids is None:
            self._ids = self._stored_ids(tables)
            self._standing = self._ids - self._catalogue.all_embedded() if self._ids else set()
        return self._ids

    def recount(self, tables: Tables) -> None:
        """Find out anew how many stand in, after chunks lost their own vectors."""
        self._ids = None
        self.ids(tables)
        with self._catalogue.transaction():
            self.note()

    def begin(self, tables: Tables, fingerprint: Fingerprint, model: str) -> None:
        """Make room for this model's; those of another go."""
        if self.fingerprint() == fingerprint:
            return
        self.drop(tables)
        with self._catalogue.transaction():
            self._catalogue.set_state(FIRST_FINGERPRINT, fingerprint)
            self._catalogue.set_state(FIRST_NAME, model)

    def add(self, tables: Tables, records: Sequence[ChunkRecord], vectors: Float32) -> None:
        """Add float32 [n_records, dim] rows of chunks that have none."""
        ids = self.ids(tables)
        tables.write_vectors(records, vectors, (), self.table_name())
        ids.update(record.chunk_id for record in records)
        self._standing.update(record.chunk_id for record in records)

    def pass_over(self, tables: Tables, chunk_ids: Iterable[ChunkId]) -> None:
        """Count the rows of chunks that get their own vector no longer; they stay, since deleting them costs more."""
        if self.fingerprint() is not None:
            self.ids(tables)
            self._standing.difference_update(chunk_ids)

    def delete(self, tables: Tables, chunk_ids: Iterable[ChunkId]) -> None:
        """Delete the rows of chunks that changed or went."""
        name = self.table_name()
        if not name:
            return
        ids = self.ids(tables)
        gone = ids.intersection(chunk_ids)
        if gone:
            import numpy as np

            tables.write_vectors([], np.empty((0, 0), np.float32), gone, name)
            ids -= gone
            self._standing -= gone

    def note(self) -> None:
        """Remember how many rows stand in; inside the transaction that ends a write."""
        if self._ids is not None:
            self._catalogue.set_state(N_FIRST, len(self._standing))

    def drop(self, tables: Tables) -> None:
        """Remove them; tables that a killed writer left go too."""
        if self.fingerprint() is not None:
            with self._catalogue.transaction():
                for key in (FIRST_FINGERPRINT, FIRST_NAME, N_FIRST):
                    self._catalogue.forget_state(key)
        self._ids = None
        tables.drop_other_vectors()

    def _stored_ids(self, tables: Tables) -> set[ChunkId]:
        """Those of the table; of one that cannot be read nothing is left, and nothing else comes to harm."""
        name = self.table_name()
        if not name:
            return set()
        try:
            return set(map(ChunkId, tables.all_vector_ids(name)))
        except TABLE_FAILURES as failure:
            logger.warning("the first model's vectors are begun anew: %s", failure)
            tables.drop_other_vectors()
            return set()
