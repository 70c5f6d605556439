"""What a user can set about files."""

from __future__ import annotations

import attrs

DEFAULT_MAX_FILE_KB = 1024


@attrs.frozen
class FileOptions:
    """Limits on what is read. `max_file_kb` is in KiB; `index_folder`, absolute, is never listed: indexes lie there."""

    max_file_kb: int = attrs.field(default=DEFAULT_MAX_FILE_KB, validator=attrs.validators.ge(1))
    index_folder: str = ""

    @property
    def max_bytes(self) -> int:
        """The largest file that is read, in bytes."""
        return self.max_file_kb * 1024
