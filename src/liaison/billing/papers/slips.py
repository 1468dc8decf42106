"""Deposit slips: cash, and checks one by one, half a letter page."""

from liaison.billing.books import days
from liaison.billing.models import Deposit
from liaison.billing.papers.compiled import compiled, letterhead
from liaison.billing.queries.drawer import Slip
from liaison.kernel.money import dollars
from liaison.places.queries import practice as the_practice


def slip_pdf(slip: Slip) -> bytes:
    """A deposit slip. Checks are named by their number and receipt, not by the patient."""
    deposit = slip.deposit
    at = deposit.made_at.astimezone(days.zone())
    one = "Card payment" if deposit.kind == Deposit.Kind.CARDS else "Check"
    many = len(slip.checks)
    return compiled(
        "slip.typ",
        {
            "practice": letterhead(the_practice()),
            "number": deposit.number,
            "kind": str(Deposit.Kind(deposit.kind).label),
            "day": f"{at:%B} {at.day}, {at.year}",
            "by": deposit.made_by,
            "cash": dollars(slip.cash_cents),
            "checks": [[f"{one} {check.reference or check.receipt}", dollars(check.cents)] for check in slip.checks],
            "count": f"{many} {one.lower()}{'' if many == 1 else 's'}" if many else "",
            "total": dollars(deposit.cents),
        },
    )
