"""Can LanceDB run on this machine? Answered without loading it: where it cannot run, it takes the process down."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Final

CPU_INFO: Final = Path("/proc/cpuinfo")

_NEEDED_FLAGS: Final = ("avx2", "fma")
"""The x64 builds of LanceDB for Linux are compiled for these and die of an illegal instruction without them."""


def missing_processor_features(cpu_info: Path = CPU_INFO) -> list[str]:
    """The instruction sets LanceDB needs and the processor lacks; none where that cannot be told or matters not."""
    if not sys.platform.startswith("linux") or platform.machine().lower() not in {"x86_64", "amd64"}:
        return []
    try:
        text = cpu_info.read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            flags = set(value.split())
            return [flag for flag in _NEEDED_FLAGS if flag not in flags]
    return []
