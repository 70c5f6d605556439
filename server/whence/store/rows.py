"""The rows of LanceDB's tables: their schemas, and batches of them made from records. Knows no table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from whence.domain import ChunkRecord

if TYPE_CHECKING:
    import pyarrow as pa

    from whence.arrays import Float16, Float32, Int64

NAMES_WEIGHT: Final = 2
"""How often a chunk's names stand beside its words in what is indexed: a word of the symbol or path counts like three
in the text (term frequencies weighted by field before BM25: Robertson, Zaragoza & Taylor, CIKM 2004). One column asked
once takes 6 ms at 50,000 chunks, two columns asked and summed take 17 (benchmarks/store_scale.py)."""


def chunk_schema() -> pa.Schema:
    """A row a chunk: what filters look at, and its words."""
    import pyarrow as pa

    # zstd takes 100 bytes a chunk off the words and is paid for when they are indexed; searching reads the index alone.
    packed = {"lance-encoding:compression": "zstd"}
    return pa.schema([*_filter_fields(), pa.field("words", pa.string(), nullable=False, metadata=packed)])


def vector_schema(dimension: int) -> pa.Schema:
    """A row an embedded chunk: what filters look at, and its vector."""
    import pyarrow as pa

    return pa.schema([*_filter_fields(), pa.field("vector", pa.list_(pa.float16(), dimension), nullable=False)])


def chunk_batch(records: Sequence[ChunkRecord]) -> pa.Table:
    """Rows of `chunk_schema`."""
    import pyarrow as pa

    words = [" ".join([record.words, *[record.names] * NAMES_WEIGHT]) for record in records]
    columns = {**_filter_columns(records), "words": words}
    return pa.table(columns, schema=chunk_schema())


def vector_batch(records: Sequence[ChunkRecord], vectors: Float32) -> pa.Table:
    """Rows of `vector_schema` from float32 [n_records, dimension]."""
    import numpy as np
    import pyarrow as pa

    dimension = vectors.shape[1]
    flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float16).reshape(-1))
    columns = {**_filter_columns(records), "vector": pa.FixedSizeListArray.from_arrays(flat, dimension)}
    return pa.table(columns, schema=vector_schema(dimension))


def vectors_in(rows: pa.Table) -> Float32:
    """The vectors of rows read back, as float32 [n_rows, dimension] unit rows."""
    return unit(_stored_vectors(rows))


def unit(vectors: Float16) -> Float32:
    """Stored vectors as float32 [n_rows, dimension] unit rows: 16 bits are a little off length 1."""
    import numpy as np

    exact: Float32 = vectors.astype(np.float32)
    exact /= np.maximum(np.linalg.norm(exact, axis=1, keepdims=True), 1e-12)
    return exact


def ids_and_vectors_in(rows: pa.Table) -> tuple[Int64, Float16]:
    """Chunk ids and vectors of rows read back, int64 [n_rows] and float16 [n_rows, dimension], as they are stored."""
    return rows["chunk_id"].to_numpy(), _stored_vectors(rows)


def vector_dimension(schema: pa.Schema) -> int:
    """Numbers in a vector."""
    field: Any = schema.field("vector").type  # a FixedSizeListType, which the stubs do not tell
    return int(field.list_size)


def _stored_vectors(rows: pa.Table) -> Float16:
    column: Any = rows["vector"].combine_chunks()  # a FixedSizeListArray, which the stubs do not tell
    flat: Float16 = column.flatten().to_numpy(zero_copy_only=False)
    return flat.reshape(rows.num_rows, -1)


def _filter_fields() -> list[pa.Field[Any]]:
    """Which chunk a row is of, and what filters look at."""
    import pyarrow as pa

    texts = [pa.field(name, pa.string(), nullable=False) for name in ("path", "language", "kind")]
    return [pa.field("chunk_id", pa.int64(), nullable=False), *texts]


def _filter_columns(records: Sequence[ChunkRecord]) -> dict[str, list[int] | list[str]]:
    return {
        "chunk_id": [int(record.chunk_id) for record in records],
        "path": [record.path for record in records],
        "language": [record.language for record in records],
        "kind": [record.kind.value for record in records],
    }
