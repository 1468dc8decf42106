"""The demo that runs in this home: there is one at a time, and it goes by a clock of its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max

from liaison.billing.models import Exchange
from liaison.kernel import clock
from liaison.kernel.clock import SharedClock
from liaison.kernel.errors import Conflict
from liaison.places.models import Site
from liaison.registry.models import Message
from liaison.visits.models import Move

_PAYER_STATE = "sandbox-payer.sqlite3"
_ELSEWHERE = "elsewhere.hl7"
_REGISTRY_STATE = "sandbox-registry.sqlite3"
LOCK = "demo.lock"


def payer_state() -> Path:
    """Where the sandbox payer of this home keeps what it knows: nothing yet, while the clinic has exchanged no file.

    A payer that remembers another clinic's control numbers would refuse this one's as used.
    """
    state: Path = settings.HOME / _PAYER_STATE
    if not Exchange.objects.exists():
        for path in state.parent.glob(f"{state.name}*"):
            path.unlink()
    return state


def registry_state() -> Path:
    """Where the sandbox registry of this home keeps what it knows: nothing, while the clinic has told it nothing."""
    state: Path = settings.HOME / _REGISTRY_STATE
    if not Message.objects.exists():
        for path in state.parent.glob(f"{state.name}*"):
            path.unlink()
    return state


def elsewhere() -> Path:
    """What other clinics have told the registry, in a file for it to begin with; written once."""
    told: Path = settings.HOME / _ELSEWHERE
    if not told.exists():
        # Here, for a rehearsal does without
        from liaison.rehearsal.elsewhere import write

        write(told)
    return told


def shared_clock() -> SharedClock:
    """The clock that the demo's processes go by."""
    return SharedClock(settings.HOME / "clock")


@contextmanager
def alone() -> Iterator[None]:
    """Be the one demo of this home, however one ends. Raises Conflict while another is there."""
    with (settings.HOME / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("demo-runs", f"A demo is running in {settings.HOME} already. Stop it first (Ctrl+C).")
        os.set_inheritable(lock.fileno(), False)
        yield


def today(zone: ZoneInfo) -> date:
    """The first day that a rehearsal may play: the demo plays its own day itself, while it runs."""
    real = clock.today(zone)
    try:
        with alone():
            return real
    except Conflict:
        last = shared_clock().last_set()
        return max(real, last[0].astimezone(zone).date() + timedelta(days=1)) if last else real


def begins_anew() -> bool:
    """Whether the demo's clock has not been set yet, or shows a day that is over."""
    last = shared_clock().last_set()
    return last is None or last[0].astimezone(_zone()).date() < clock.today(_zone())


def start_clock(rate: float) -> None:
    """Let the demo's clock go on from where it stood, `rate` times as fast as time passes."""
    shared = shared_clock()
    last = shared.last_set()
    assert last is not None, "the morning was played"
    zone = _zone()
    moved = Move.objects.filter(visit__day=last[0].astimezone(zone).date()).aggregate(last=Max("at"))["last"]
    # After a power cut the clock may be behind what was done by it
    shared.set(max(last[0], moved or last[0]) + timedelta(seconds=1), rate)


def stop_clock() -> None:
    """Note what time the demo's clock shows, so that it goes on from there."""
    shared = shared_clock()
    if shared.last_set() is not None:
        shared.go_on(shared.rate())


def _zone() -> ZoneInfo:
    return ZoneInfo(Site.objects.filter(active=True).order_by("code")[0].zone)
