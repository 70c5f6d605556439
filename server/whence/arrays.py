"""Array types by name, once. Importing this imports numpy: modules that start-up touches import it for types only."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Float16: TypeAlias = npt.NDArray[np.float16]
Float32: TypeAlias = npt.NDArray[np.float32]
Int64: TypeAlias = npt.NDArray[np.int64]
