"""Claims that go on paper: printed, kept as they were printed, and counted as sent."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from liaison.billing.actions.claims import locked_claim
from liaison.billing.models import Claim, Exchange
from liaison.billing.papers.cms1500 import IN_PLACE, Shift, pdf
from liaison.kernel.errors import Conflict, Invalid
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.numbers import next_number

S = Claim.Status
MOST = 200
# What a line needs and paper does not
ELECTRONIC = frozenset({"payer-id", "unwritable"})


def send_on_paper(actor: Actor, claim_ids: Sequence[UUID], *, form: bool, shift: Shift = IN_PLACE) -> Exchange:
    """Print claims, keep the print, and count them as sent. They must be ready, but for what only a line needs.

    Raises Conflict for a claim that is not ready, Invalid for none or too many.
    """
    if not 0 < len(claim_ids) <= MOST:
        raise Invalid("bad-count", f"Choose 1 to {MOST} claims.")
    with change(actor, "billing.claim") as this:
        claims = [locked_claim(key) for key in dict.fromkeys(claim_ids)]
        for claim in claims:
            mended = claim.status == S.DRAFT and all(one["rule"] in ELECTRONIC for one in claim.stops)
            if claim.status != S.READY and not mended:
                raise Conflict("not-ready", f"Claim {claim.number} is {claim.get_status_display()}; it is not printed.")
        body = pdf(claims, the_practice(), form=form, shift=shift)
        control = next_number("interchange")
        exchange = Exchange(
            direction="out",
            kind="1500",
            payer=claims[0].payer if len({claim.payer_id for claim in claims}) == 1 else None,
            control_number=f"{control:09d}",
            name=f"paper-{control:09d}.pdf",
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
            status=Exchange.Status.SENT,
            claims=[claim.number for claim in claims],
        )
        this.save(exchange)
        for claim in claims:
            claim.status, claim.status_at = S.SENT, this.at
            claim.first_sent_at = claim.first_sent_at or this.at
            this.save(claim, "status", "status_at", "first_sent_at")
        return exchange
