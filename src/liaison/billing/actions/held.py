"""What a person does about a payer's file that could not be posted: try it again, or set it aside."""

from uuid import UUID

from liaison.billing.actions.files import process
from liaison.billing.actions.outgoing import locked_file
from liaison.billing.models import Exchange
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.change import change

E = Exchange.Status


def try_file_again(actor: Actor, exchange_id: UUID) -> Exchange:
    """Process a held file once more, now that what it answers may be here. Event billing.exchange_dealt_with.

    Raises Conflict for a file that is not held; one that still fits nothing stays held.
    """
    with change(actor, "billing.post") as this:
        _held(locked_file(exchange_id))
        exchange = process(actor, exchange_id)
        if exchange.status != E.HELD:
            this.event("billing.exchange_dealt_with", exchange=exchange.pk)
        return exchange


def set_file_aside(actor: Actor, exchange_id: UUID, reason: str) -> Exchange:
    """Say that nothing of a held file is to be posted, and why; it is kept. Event billing.exchange_dealt_with.

    Raises Invalid without a reason, Conflict for a file that is not held.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("no-reason", "Say why nothing of it is to be posted.", "aside_reason")
    with change(actor, "billing.post", reason=reason) as this:
        exchange = locked_file(exchange_id)
        _held(exchange)
        exchange.status, exchange.note = E.SET_ASIDE, f"{exchange.note} Set aside by {actor.name}: {reason[:300]}"
        this.save(exchange, "status", "note")
        this.event("billing.exchange_dealt_with", exchange=exchange.pk)
        return exchange


def _held(exchange: Exchange) -> None:
    if exchange.status != E.HELD:
        raise Conflict("not-held", f"The file is {exchange.get_status_display()}; nothing is left to do about it.")
