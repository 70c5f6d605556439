"""Every error Whence raises on purpose. A message says what, where, and what to do next.

    WhenceError
    ├── UsageError            the request is wrong: unknown path, bad option value
    ├── ModelError            a model folder cannot be used
    │   ├── ModelMissing
    │   └── ModelDamaged
    ├── StoreError            an index folder cannot be used
    │   ├── StoreCorrupt      readable by nobody: set aside and rebuilt by whoever may write
    │   ├── StoreBusy         another process writes and did not let go in time
    │   ├── StoreFull         no room left on the disk
    │   └── StoreUnsupported  this machine cannot run the store (no AVX2, no wheel)
    └── Cancelled             the caller asked to stop; what was done is kept
Bug is not part of the tree: it means we are wrong, and nobody should catch it but the outermost edge.
"""

from __future__ import annotations

import logging
import os
from typing import NoReturn

logger = logging.getLogger(__name__)


class WhenceError(Exception):
    """Base of every error that is meant for a user to read."""


class UsageError(WhenceError):
    """The request cannot be carried out as it was put."""


class ModelError(WhenceError):
    """A model folder cannot be used."""


class ModelMissing(ModelError):
    """No model folder where one was expected."""


class ModelDamaged(ModelError):
    """A model folder whose files do not agree with each other or with their checksums."""


class StoreError(WhenceError):
    """An index folder cannot be used."""


class StoreCorrupt(StoreError):
    """An index folder that cannot be read."""


class StoreBusy(StoreError):
    """Another process is writing this index."""


class StoreFull(StoreError):
    """The disk has no room for the index."""


class StoreUnsupported(StoreError):
    """The table library cannot run on this machine."""


class Cancelled(WhenceError):
    """The caller asked to stop."""


class Bug(AssertionError):
    """Something that cannot happen did."""


def bug(message: str, **fields: object) -> NoReturn:
    """Report an impossible situation: always raises, after logging it with its fields and a stack.

    Raises:
        Bug: always. The outermost edge (one request, one command) turns it into one line for the user.
    """
    details = " ".join(f"{name}={value!r}" for name, value in fields.items())
    if not os.environ.get("PYTEST_CURRENT_TEST"):
        logger.error("bug: %s %s", message, details, stack_info=True)
    raise Bug(f"{message} {details}".rstrip())
