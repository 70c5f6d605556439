"""How fast an indexing process may go: half as fast on battery. Among busy programs its low priority slows it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

LOOK_S = 10.0
"""Between two looks at the machine."""

ON_BATTERY = "on battery"
OTHERS_BUSY = "other programs are busy"

OWN_LOAD = 1.0
"""What indexing itself adds to the load, at its default of one core."""

MAX_REST_S = 2.0
"""A job that rests must still notice within seconds that it is to stop."""


def reason_to_go_slowly() -> str:
    """Why indexing goes slower than it could at this moment; empty where it does not."""
    import psutil

    try:
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        if battery is not None and battery.power_plugged is False:
            return ON_BATTERY
        is_busy = psutil.getloadavg()[0] > (os.cpu_count() or 1) + OWN_LOAD
    except (psutil.Error, OSError, RuntimeError, AttributeError):  # what a system does not tell slows nothing
        return ""
    return OTHERS_BUSY if is_busy else ""


class Pace:
    """Called between two pieces of work: rests as long as the last one took, on battery."""

    def __init__(
        self,
        reason: Callable[[], str] = reason_to_go_slowly,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reason = reason
        self._clock = clock
        self._rest = rest
        self._looked_at = -LOOK_S
        self._worked_since = clock()
        self.reason = ""
        """Why it goes slowly now; empty where it does not."""

    def keep(self) -> None:
        """Look at the machine now and then, and rest where that is called for."""
        now = self._clock()
        if now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self.reason = self._reason()
        if self.reason == ON_BATTERY:
            self._rest(min(now - self._worked_since, MAX_REST_S))
        self._worked_since = self._clock()
