"""The lines to payers: files out, answers in. Killed at any point and started again, nothing is lost or doubled.

Out: a file is kept before it leaves and goes in two steps (`line.Line`), so that it is known at each moment whether the
other side has it. In: an answer is kept under the name by which it was offered before it is read, and what is known by
name is not fetched again; what comes twice under two names is known by its hash. One process at a time works over a
line (`lease`), so that of two machines neither asks for what the other is taking.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import Max

from liaison.billing.actions import note_prepared, note_refused, note_sent, note_waiting, process_received, take_in
from liaison.billing.exchange.configured import Way, ways
from liaison.billing.exchange.lease import held
from liaison.billing.exchange.line import Line, Offer, Outgoing, Refused, Unreachable
from liaison.billing.models import Delivery, Exchange
from liaison.record.actor import Actor, machine

__all__ = ["Line", "Offer", "Outgoing", "Refused", "Unreachable", "fetch_answers", "send_over", "send_waiting"]

log = logging.getLogger(__name__)
Renew = Callable[[], None]
_KINDS = ("837P", "276")


def _alone() -> None:
    """Nobody else is there: nothing is to be renewed."""


def _actor() -> Actor:
    return machine("exchange")


def send_waiting(where: str = "") -> int:
    """Send every file that waits, oldest first, each by the way of its payer. Gives how many were taken.

    `where` describes the ways as LIAISON_CLAIMS_URL does, which holds without it. What cannot go now waits for the
    next time; a file that is refused for good is set aside for a person.
    """
    return sum(_over(way, partial(_send_by, way)) for way in ways(where))


def _send_by(way: Way, line: Line, renew: Renew) -> int:
    return send_over(line, _waiting(way), renew)


def _over(way: Way, act: Callable[[Line, Renew], int]) -> int:
    """Do something over a line, unless another process is at it."""
    with held(way.name) as lease:
        if lease is None:
            return 0
        try:
            with way.open() as line:
                return act(line, lease.renew)
        except (Unreachable, Refused) as trouble:
            _tell(way, str(trouble))
            return 0


def _tell(way: Way, trouble: str) -> None:
    log.warning("Files wait: %s", trouble)
    for exchange in _waiting(way):
        note_waiting(_actor(), exchange.pk, trouble)


def _waiting(way: Way) -> Sequence[Exchange]:
    rows = Exchange.objects.filter(direction="out", kind__in=_KINDS, status=Exchange.Status.TO_SEND)
    rows = rows.select_related("payer").order_by("created_at", "id")
    return [row for row in rows if way.takes(row.payer.code if row.payer else "")]


def send_over(line: Line, waiting: Sequence[Exchange], renew: Renew = _alone) -> int:
    """Send files over an open line, oldest first. Gives how many were taken. Raises Unreachable."""
    sent = 0
    for exchange in waiting:
        renew()
        file = _file(exchange)
        try:
            if exchange.line != line.name:
                line.prepare(file)
                note_prepared(_actor(), exchange.pk, line.name)
            line.commit(file)
        except Refused as refusal:
            note_refused(_actor(), exchange.pk, str(refusal))
        else:
            note_sent(_actor(), exchange.pk)
            sent += 1
    return sent


def _file(exchange: Exchange) -> Outgoing:
    body = bytes(exchange.body)
    return Outgoing(
        control=exchange.control_number,
        name=exchange.name,
        kind=exchange.kind,
        body=body,
        sender=body[35:50].decode("ascii", "replace").strip(),  # ISA06 and ISA08 stand at fixed places
        receiver=body[54:69].decode("ascii", "replace").strip(),
        id=str(exchange.pk),
    )


def fetch_answers(where: str = "") -> int:
    """Fetch every answer that is new, keep it, and do what it says. Gives how many files were processed."""
    for way in ways(where):
        _over(way, keep_offered)
    return process_received(_actor())


def keep_offered(line: Line, renew: Renew = _alone) -> int:
    """Keep what a line offers and is not known yet. Gives how many files came. Raises Unreachable."""
    count = 0
    while fresh := _fresh(line):
        for offer in fresh:
            renew()
            take_in(_actor(), offer.kind, offer.name, line.fetch(offer), line=line.name)
            line.confirm(offer)
        count += len(fresh)
    return count


def _fresh(line: Line) -> list[Offer]:
    """What is offered and not known by name; what may still be being written waits.

    What is known was kept by a process that died before it could say so: now it is said.
    """
    offers = [offer for offer in line.offered(newest_of(line.name)) if offer.settled]
    known: set[Any] = set()
    for start in range(0, len(offers), 500):
        names = [offer.name for offer in offers[start : start + 500]]
        known.update(Delivery.objects.filter(line=line.name, name__in=names).values_list("name", flat=True))
    for offer in offers:
        if offer.name in known:
            line.confirm(offer)
    return [offer for offer in offers if offer.name not in known]


def newest_of(line: str) -> str:
    """The greatest name of what a line has delivered; empty before the first."""
    return Delivery.objects.filter(line=line).aggregate(newest=Max("name"))["newest"] or ""
