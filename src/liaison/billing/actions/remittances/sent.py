"""Which claims were sent from here at any time."""

from collections.abc import Iterable

from liaison.billing.models import Claim, Exchange

S = Claim.Status


def sent_claims(numbers: Iterable[str]) -> dict[str, Claim]:
    """The claims of some numbers that were sent from here at any time, by number, locked."""
    rows = Claim.objects.select_for_update(of=("self",)).select_related("payer").filter(number__in=set(numbers))
    found = {claim.number: claim for claim in rows.order_by("pk")}
    unsent = {number for number, claim in found.items() if claim.status in (S.DRAFT, S.READY)}
    if unsent:
        # Back for mending they were sent before; only these few ask for what the files held.
        files = Exchange.objects.filter(direction="out", payer__in={found[number].payer_id for number in unsent})
        for held in files.values_list("claims", flat=True).iterator():
            unsent.difference_update(held)
    return {number: claim for number, claim in found.items() if number not in unsent}
