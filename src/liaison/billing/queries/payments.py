"""What may be asked about payers' payments: what came in, what of it fits nothing, and which claim it may be for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from liaison.billing import ledger
from liaison.billing.models import Account, Adjudication, Balance, Claim, Payment, Transfer, Unposted
from liaison.kernel.errors import NotFound
from liaison.record import audit
from liaison.record.actor import Actor

A = Account
MOST_CANDIDATES, LOOKED_AT = 5, 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What of the payers' money is nowhere yet: in cents, and in parts to match."""

    unapplied_cents: int
    offset_cents: int  # taken back by payers and not yet a claim's (below 0: paid ahead)
    to_match: int
    overpaid_cents: int


def standing(actor: Actor) -> Standing:
    """What of the payers' money is not a claim's. Three queries."""
    actor.require("billing.read")
    found = ledger.flows(
        Transfer.objects.filter(
            Q(debit__in=(A.UNAPPLIED, A.PAYER_OFFSET)) | Q(credit__in=(A.UNAPPLIED, A.PAYER_OFFSET))
        )
    )
    waiting = Unposted.objects.filter(settled_at=None).count()
    over = Balance.objects.filter(account=A.PAYER_RECEIVABLE, claim__isnull=False, cents__lt=0).aggregate(
        sum=Sum("cents")
    )
    return Standing(
        -ledger.balance(found, A.UNAPPLIED), ledger.balance(found, A.PAYER_OFFSET), waiting, -(over["sum"] or 0)
    )


def payments(actor: Actor, *, only_open: bool = False, number: str = "") -> QuerySet[Payment]:
    """Payments of payers, the newest first, each with `waiting`: how many parts of it fit nothing."""
    actor.require("billing.read")
    rows = Payment.objects.select_related("payer")
    if only_open:
        rows = rows.filter(Exists(Unposted.objects.filter(payment=OuterRef("pk"), settled_at=None)))
    if number:
        rows = rows.filter(number__iexact=number)
    rows = rows.annotate(waiting=Count("unposted", filter=Q(unposted__settled_at=None)))
    return rows.order_by("-paid_on", "-created_at", "pk")


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with what it is made of."""

    payment: Payment
    answers: QuerySet[Adjudication]  # to be paged
    unposted: Sequence[Unposted]
    others: Sequence[Transfer]  # for no claim: interest, capitation, recoveries

    @property
    def posted_cents(self) -> int:
        """What went to claims."""
        return self.answers.order_by().aggregate(cents=Sum("paid_cents"))["cents"] or 0


def payment_for(actor: Actor, payment_id: UUID) -> PaymentView:
    """Open a payment. Claims of restricted charts are left out for whoever may not open them. Raises NotFound."""
    actor.require("billing.read")
    payment = Payment.objects.select_related("payer", "exchange").filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("no-payment", "There is no such payment. Look at the list of payments again.")
    of_payment = Transfer.objects.filter(transaction=payment.transaction)
    posted = of_payment.filter(adjudication__isnull=False).order_by().values("adjudication_id")
    nothing_moved = ~Exists(Transfer.objects.filter(adjudication_id=OuterRef("pk")))
    answers = Adjudication.objects.filter(Q(pk__in=posted) | Q(nothing_moved, exchange_id=payment.exchange_id))
    if not actor.may("people.restricted"):
        answers = answers.filter(patient__restricted=False)
    audit.looked(actor, None, [f"payment {payment.number}"])
    return PaymentView(
        payment=payment,
        answers=answers.select_related("claim", "patient").order_by("created_at", "id"),
        unposted=list(payment.unposted.select_related("claim").order_by("place")),
        others=list(of_payment.filter(exchange__isnull=False).exclude(kind=Transfer.Kind.UNAPPLIED).order_by("at")),
    )


@dataclass(slots=True)
class Candidate:
    """A claim that a part of a payment may be for, and why."""

    claim: Claim
    score: int = 0
    why: list[str] = field(default_factory=list)

    def counts(self, holds: bool, score: int, why: str) -> None:
        """Let a likeness count."""
        if holds:
            self.score += score
            self.why.append(why)


def candidates(actor: Actor, row: Unposted) -> list[Candidate]:
    """The claims that are nearest to what a payer says, the likeliest first. One query."""
    actor.require("billing.read")
    facts, day = row.facts, served(row)
    likeness = Q(pk=None)
    number = row.control_number or facts.get("reference", "")
    if number:
        likeness |= Q(number__iexact=number) | Q(number__iendswith=_digits(number) or number)
        likeness |= Q(payer_claim_number=number)
    if row.payer_claim_number:
        likeness |= Q(payer_claim_number=row.payer_claim_number)
    if facts.get("member_id"):
        likeness |= Q(coverage__member_id__iexact=facts["member_id"])
    if facts.get("family"):
        likeness |= Q(patient__family__iexact=facts["family"])
    if day:
        likeness |= Q(service_date=day, total_cents=facts.get("charge", -1))
    rows = Claim.objects.filter(likeness).exclude(status=Claim.Status.DRAFT)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    found = [
        _judged(Candidate(claim), row, day)
        for claim in rows.select_related("patient", "payer", "coverage").order_by("-service_date")[:LOOKED_AT]
    ]
    found.sort(key=lambda one: (-one.score, one.claim.number))
    return [one for one in found if one.score > 1][:MOST_CANDIDATES]


def served(row: Unposted) -> date | None:
    """The day of service, where the payer names one."""
    text = row.facts.get("service_date")
    return date.fromisoformat(text) if text else None


def _judged(one: Candidate, row: Unposted, day: date | None) -> Candidate:
    claim, facts = one.claim, row.facts
    number = row.control_number or facts.get("reference", "")
    one.counts(bool(number) and claim.number.casefold() == number.casefold(), 6, "number")
    one.counts(bool(_digits(number)) and _digits(claim.number) == _digits(number), 3, "digits of the number")
    payers = {row.payer_claim_number, number} - {""}
    one.counts(claim.payer_claim_number in payers, 5, "payer’s number")
    one.counts(_same(claim.coverage.member_id, facts.get("member_id")), 4, "member ID")
    one.counts(_same(claim.patient.family, facts.get("family")), 2, "family name")
    one.counts(_same(claim.patient.given, facts.get("given")), 1, "given name")
    one.counts(day is not None and claim.service_date == day, 3, "day of service")
    one.counts(claim.total_cents == facts.get("charge"), 3, "charge")
    one.counts(claim.payer_id == row.payment.payer_id, 1, "payer")
    return one


def _same(ours: str, theirs: str | None) -> bool:
    return bool(theirs) and ours.casefold() == str(theirs).casefold()


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdecimal()).lstrip("0")


def unposted_for(actor: Actor, unposted_id: UUID) -> Unposted:
    """A part of a payment that fits nothing. Raises NotFound."""
    actor.require("billing.read")
    found = Unposted.objects.select_related("payment__payer", "claim").filter(pk=unposted_id).first()
    if found is None:
        raise NotFound("no-unposted", "There is no such part of a payment. Look at the list again.")
    return found


def unposted(actor: Actor) -> QuerySet[Unposted]:
    """Every part of a payment that waits for a person, the oldest first."""
    actor.require("billing.read")
    rows = Unposted.objects.filter(settled_at=None).select_related("payment__payer")
    return rows.order_by("created_at", "place")


def overpaid(actor: Actor) -> QuerySet[Balance]:
    """Balances of claims for which payers have paid too much, the largest first."""
    actor.require("billing.read")
    rows = Balance.objects.filter(account=A.PAYER_RECEIVABLE, claim__isnull=False, cents__lt=0)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    return rows.select_related("claim__patient", "claim__payer").order_by("cents", "pk")
