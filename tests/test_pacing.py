"""How fast an indexing process goes."""

from __future__ import annotations

from whence.pacing import LOOK_S, MAX_REST_S, ON_BATTERY, OTHERS_BUSY, Pace


class Machine:
    """A clock, a reason to go slowly, and the rests that were taken."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reason = ""
        self.n_looks = 0
        self.rests: list[float] = []

    def look(self) -> str:
        self.n_looks += 1
        return self.reason

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds

    def pace(self) -> Pace:
        return Pace(self.look, lambda: self.now, self.rest)


def test_on_battery_it_rests_as_long_as_it_worked_and_says_so() -> None:
    machine = Machine()
    machine.reason = ON_BATTERY
    pace = machine.pace()

    machine.now += 0.5
    pace.keep()
    machine.now += 0.25
    pace.keep()

    assert machine.rests == [0.5, 0.25]
    assert pace.reason == ON_BATTERY


def test_a_rest_is_short_enough_to_be_stopped_in() -> None:
    machine = Machine()
    machine.reason = ON_BATTERY
    pace = machine.pace()

    machine.now += 60
    pace.keep()

    assert machine.rests == [MAX_REST_S]


def test_among_busy_programs_it_says_so_and_leaves_the_slowing_to_its_priority() -> None:
    machine = Machine()
    machine.reason = OTHERS_BUSY
    pace = machine.pace()

    machine.now += 1
    pace.keep()

    assert machine.rests == []
    assert pace.reason == OTHERS_BUSY


def test_the_machine_is_looked_at_now_and_then_and_the_reason_passes() -> None:
    machine = Machine()
    machine.reason = OTHERS_BUSY
    pace = machine.pace()
    for _ in range(100):
        machine.now += LOOK_S / 1000
        pace.keep()
    assert machine.n_looks == 1

    machine.reason = ""
    machine.now += LOOK_S
    pace.keep()

    assert pace.reason == ""
