"""Promises of the ledger, claims and files."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Sum

from liaison.billing import ledger
from liaison.billing.codes import FORWARDED
from liaison.billing.models import Account, Adjudication, Claim, Exchange, Transfer
from liaison.kernel.money import dollars
from liaison.record.promises import alterable, promise


@promise("the ledger adds up")
def ledger_adds_up() -> Iterator[str]:
    """Charged = paid + adjusted + patients' share + open; accounts agree, summed by account and by move."""
    found = ledger.flows(Transfer.objects.all())
    totals = ledger.sums(found)
    if not totals.balanced:
        yield (
            f"Charged {dollars(totals.charged_cents)} is not paid {dollars(totals.paid_cents)} + adjusted "
            f"{dollars(totals.adjusted_cents)} + patients {dollars(totals.patient_cents)} "
            f"+ open {dollars(totals.open_cents)}."
        )
    for debit, credit in ledger.unknown_moves(found):
        yield f"Something moved from {credit} to {debit}, which no kind of entry does."
    sides = [
        dict(Transfer.objects.order_by().values_list(side).annotate(cents=Sum("cents"))) for side in ("debit", "credit")
    ]
    for account in Account:
        held = sides[0].get(account.value, 0) - sides[1].get(account.value, 0)
        if held != ledger.balance(found, account):
            moved = ledger.balance(found, account)
            yield f"{account.label}: {dollars(held)} by its entries, {dollars(moved)} by its moves."


@promise("payments agree with what payers said")
def payments_agree() -> Iterator[str]:
    """The entries of every adjudication sum up to what it says, and a claim's charges to what it charged."""
    by_adjudication: dict[object, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = Transfer.objects.filter(adjudication__isnull=False).order_by()
    for key, debit, credit, cents in rows.values_list("adjudication", "debit", "credit").annotate(cents=Sum("cents")):
        by_adjudication[key][debit, credit] = cents
    for row in (
        Adjudication.objects.order_by().only("paid_cents", "adjusted_cents", "patient_cents", "claim_id").iterator()
    ):
        posted = ledger.sums(by_adjudication.get(row.pk, {}))
        said = (row.paid_cents, row.adjusted_cents, row.patient_cents)
        if (posted.paid_cents, posted.adjusted_cents, posted.patient_cents) != said:
            yield f"ExplanationOfBenefit/{row.pk} says other amounts than its entries in the ledger."
    charges = Transfer.objects.filter(kind=Transfer.Kind.CHARGE, claim__isnull=False).order_by()
    charged: dict[object, int] = defaultdict(int)
    for key, debit, cents in charges.values_list("claim", "debit").annotate(cents=Sum("cents")):
        charged[key] += cents if debit == Account.PAYER_RECEIVABLE else -cents
    # What goes to a later payer is charged by the first payer's claim
    first = Claim.objects.filter(previous=None).order_by()
    for key, number, cents in first.values_list("pk", "number", "total_cents").iterator():
        if charged.get(key, 0) != cents:
            yield f"Claim {number} charges {dollars(cents)}, its entries {dollars(charged.get(key, 0))}."


@promise("every claim sent has its file")
def sent_claims_have_files() -> Iterator[str]:
    """No claim counts as sent whose file does not exist."""
    held = {
        number
        for numbers in Exchange.objects.filter(direction="out").values_list("claims", flat=True)
        for number in numbers
    }
    sent = Claim.objects.exclude(status__in=[Claim.Status.DRAFT, Claim.Status.READY, Claim.Status.CLOSED])
    sent = sent.exclude(previous__adjudications__status_code__in=FORWARDED)  # by the payer before
    for number in sent.values_list("number", flat=True).iterator():
        if number not in held:
            yield f"Claim {number} counts as sent, but no file holds it."


@promise("the ledger is append-only")
def ledger_is_append_only() -> Iterator[str]:
    yield from alterable(Transfer)
