"""Files to payers: kept unchanged from the moment they are written, sent once, or set aside for a person."""

import hashlib
from datetime import timedelta
from uuid import UUID

from liaison.billing.models import Claim, Exchange
from liaison.kernel.errors import Conflict, NotFound
from liaison.places.models import Organization
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change

E, S = Exchange.Status, Claim.Status
PATIENCE = timedelta(hours=1)


def keep_outgoing(this: Change, payer: Organization, control: int, body: bytes, numbers: list[str]) -> Exchange:
    """Keep an 837P to be sent, in the change that marks its claims as sent."""
    exchange = Exchange(
        direction="out",
        kind="837P",
        payer=payer,
        control_number=f"{control:09d}",
        name=f"{payer.code}-{control:09d}.837",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        status=E.TO_SEND,
        claims=numbers,
    )
    this.save(exchange)
    this.event("billing.file_to_send", exchange=exchange.pk)
    return exchange


def locked_file(exchange_id: UUID) -> Exchange:
    """A file, locked. Raises NotFound."""
    found = rows.locked(Exchange, exchange_id)
    if found is None:
        raise NotFound("no-file", "There is no such file. Look at the list of files again.")
    return found


def note_prepared(actor: Actor, exchange_id: UUID, line: str) -> Exchange:
    """Note that a file is on the other side of a line, and not yet seen there."""
    with change(actor, "billing.claim") as this:
        exchange = locked_file(exchange_id)
        if exchange.status == E.TO_SEND and exchange.line != line:
            exchange.line = line
            this.save(exchange, "line")
        return exchange


def note_waiting(actor: Actor, exchange_id: UUID, why: str) -> Exchange:
    """Note why a file cannot go at the moment. Event billing.exchange_waits, once, after an hour of it."""
    with change(actor, "billing.claim") as this:
        exchange = locked_file(exchange_id)
        told = exchange.created_at + PATIENCE
        is_long = exchange.updated_at < told <= this.at
        if exchange.status == E.TO_SEND and (exchange.note != why or is_long):
            exchange.note = why
            this.save(exchange, "note")
            if is_long:
                this.event("billing.exchange_waits", exchange=exchange.pk)
        return exchange


def note_sent(actor: Actor, exchange_id: UUID) -> Exchange:
    """Note that the payer has a file. One that it has answered meanwhile stays as it is.

    Event billing.exchange_dealt_with for one that had to wait.
    """
    with change(actor, "billing.claim") as this:
        exchange = locked_file(exchange_id)
        if exchange.status == E.TO_SEND:
            if exchange.note:  # it had to wait, and somebody may have been told so
                this.event("billing.exchange_dealt_with", exchange=exchange.pk)
            exchange.status, exchange.note = E.SENT, ""
            this.save(exchange, "status", "note")
        return exchange


def note_refused(actor: Actor, exchange_id: UUID, why: str) -> Exchange:
    """Note that the payer refused a whole file; its claims can be sent again. Event billing.exchange_held."""
    with change(actor, "billing.claim") as this:
        exchange = locked_file(exchange_id)
        if exchange.status in (E.TO_SEND, E.SENT):
            refuse_file(this, exchange, why)
        return exchange


def refuse_file(this: Change, exchange: Exchange, why: str) -> None:
    """Set a file aside that the payer refused; the claims in it can be sent again. Event billing.exchange_held."""
    exchange.status, exchange.note = E.REFUSED, why
    this.save(exchange, "status", "note")
    if exchange.kind == "837P":
        _reject_claims(this, exchange)
    this.event("billing.exchange_held", exchange=exchange.pk)


def _reject_claims(this: Change, exchange: Exchange) -> None:
    rows = Claim.objects.select_for_update().filter(number__in=exchange.claims, status=S.SENT).order_by("pk")
    for claim in rows:
        claim.status, claim.status_at, claim.answer = (
            S.REJECTED,
            this.at,
            "The payer refused the file that held the claim.",
        )
        this.save(claim, "status", "status_at", "answer")


def resend(actor: Actor, exchange_id: UUID) -> list[Claim]:
    """Make the claims of a refused file ready for the next batch. Event billing.exchange_dealt_with.

    Raises Conflict for another file.
    """
    with change(actor, "billing.claim") as this:
        exchange = locked_file(exchange_id)
        if exchange.status != E.REFUSED:
            raise Conflict("not-refused", "Only a file that the payer refused is sent again.")
        rows = Claim.objects.select_for_update().filter(number__in=exchange.claims, status=S.REJECTED).order_by("pk")
        claims = list(rows)
        for claim in claims:
            claim.status, claim.status_at, claim.answer = S.READY, this.at, ""
            this.save(claim, "status", "status_at", "answer")
        this.event("billing.exchange_dealt_with", exchange=exchange.pk)
        return claims
