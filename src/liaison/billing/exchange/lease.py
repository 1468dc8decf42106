"""One process at a time works over a line to payers, on whatever machine it runs: a lease that the database keeps.

Whoever has it renews it before each file. What is left by a process of this machine that has died is free at once, that
of another machine when it runs out. Time is the database's, so that machines need not agree on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from uuid import uuid4

from django.db.models import Q
from django.db.models.functions import Now

from liaison.billing.exchange.line import Unreachable
from liaison.billing.models import LineLease
from liaison.record.jobs import is_alive, process_name

LENGTH = timedelta(minutes=10)
RENEWED_AFTER = timedelta(minutes=2)  # what is left is longer than any one step over a line takes


class Lease:
    """The lease of a line, as this process would have it."""

    def __init__(self, line: str) -> None:
        self._rows = LineLease.objects.filter(line=line)
        self._line, self._holder = line, f"{process_name()}/{uuid4().hex[:8]}"
        self._until = 0.0

    def take(self) -> bool:
        """Whether it is this one's now."""
        row = self._rows.first()
        if row is None:
            row, _ = LineLease.objects.get_or_create(line=self._line, defaults={"until": Now()})
        free = Q(until__lt=Now()) | Q(holder="")
        if row.holder and not is_alive(row.holder.partition("/")[0]):
            free |= Q(holder=row.holder)
        self._until = monotonic() + RENEWED_AFTER.total_seconds()
        return bool(self._rows.filter(free).update(holder=self._holder, until=Now() + LENGTH))

    def renew(self) -> None:
        """Keep it for the next step, where a part of it is over. Raises Unreachable where somebody else has it now."""
        if monotonic() < self._until:
            return
        self._until = monotonic() + RENEWED_AFTER.total_seconds()
        if not self._rows.filter(holder=self._holder).update(until=Now() + LENGTH):
            raise Unreachable("Another process works over this line now.")

    def release(self) -> None:
        """Let others have it."""
        self._rows.filter(holder=self._holder).update(holder="", until=Now())


@contextmanager
def held(line: str) -> Iterator[Lease | None]:
    """The lease for as long as the block lasts; None where somebody else has it."""
    lease = Lease(line)
    if not lease.take():
        yield None
        return
    try:
        yield lease
    finally:
        lease.release()
