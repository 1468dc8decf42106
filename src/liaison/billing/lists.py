"""What the billing pages show beside the claims: visits to code, files of a claim, what patients owe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Q, Sum, When

from liaison.billing import codes
from liaison.billing.models import Account, Adjudication, Charge, Claim, Exchange, Transfer
from liaison.chart.models import Condition, Encounter
from liaison.kernel.errors import NotFound
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

MOST = 200
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fix": ("To fix", (Claim.Status.DRAFT, Claim.Status.REJECTED)),
    "ready": ("Ready", (Claim.Status.READY,)),
    "sent": ("Sent", (Claim.Status.SENT, Claim.Status.ACCEPTED)),
    "denied": ("Denied", (Claim.Status.DENIED,)),
    "paid": ("Paid", (Claim.Status.PAID, Claim.Status.CLOSED)),
}


@dataclass
class ToCode:
    """A visit that is over and waits for a person to confirm its charges."""

    encounter: Encounter
    charges: list[Charge] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return sum(charge.cents for charge in self.charges)


def to_code(actor: Actor) -> list[ToCode]:
    """Visits with drafted charges, and visits in coding that have none; the oldest first. Two queries."""
    actor.require("billing.read")
    waiting = Q(charges__status=Charge.Status.OPEN) | Q(visit__stage="coding")
    rows = Encounter.objects.filter(waiting, here=True, status=Encounter.Status.FINISHED)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    found = rows.select_related("patient", "provider", "site").distinct().order_by("starts_at", "pk")[:MOST]
    by_id = {encounter.pk: ToCode(encounter) for encounter in found}
    for charge in Charge.objects.filter(encounter_id__in=list(by_id), status=Charge.Status.OPEN).order_by("created_at"):
        by_id[charge.encounter_id].charges.append(charge)
    return list(by_id.values())


@dataclass(frozen=True)
class Coding:
    """A visit to code: its charges and the diagnoses they point to."""

    encounter: Encounter
    charges: Sequence[Charge]
    diagnoses: Sequence[Condition]


def coding_for(actor: Actor, encounter_id: UUID) -> Coding:
    """Open a visit's charges: audited. Raises Forbidden, NotFound."""
    actor.require("billing.read")
    rows = Encounter.objects.select_related("patient", "provider", "site")
    encounter = rows.filter(pk=encounter_id).first()
    if encounter is None:
        raise NotFound("no-encounter", "There is no such visit. Look at the list of visits to code again.")
    may_open(actor, encounter.patient)
    audit.looked(actor, encounter.patient_id, [f"Encounter/{encounter.pk}", "charges"])
    charges = Charge.objects.filter(encounter_id=encounter.pk).exclude(status=Charge.Status.VOID)
    diagnoses = Condition.objects.filter(encounter_id=encounter.pk, category="encounter-diagnosis", error=False)
    return Coding(encounter, list(charges.order_by("created_at", "pk")), list(diagnoses.order_by("rank", "pk")))


@dataclass(frozen=True, slots=True)
class Owed:
    """How many patients owe, and how much together."""

    patients: int
    cents: int


def owed_by_patients() -> Owed:
    """What patients owe, those who paid ahead left out. One query."""
    account = Account.PATIENT_RECEIVABLE
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account)).order_by().values("patient_id")
    balances = rows.annotate(cents=Sum(Case(When(debit=account, then=F("cents")), default=-F("cents"))))
    owing = [row["cents"] for row in balances if row["cents"] > 0]
    return Owed(len(owing), sum(owing))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What payers decided about a claim so far, in cents."""

    paid: int
    adjusted: int
    patient: int


def outcomes(claims: Sequence[Claim]) -> dict[UUID, Outcome]:
    """What became of claims that a payer has answered, by claim. One query."""
    rows = Adjudication.objects.filter(claim_id__in=[claim.pk for claim in claims]).order_by().values("claim_id")
    summed = rows.annotate(paid=Sum("paid_cents"), adjusted=Sum("adjusted_cents"), patient=Sum("patient_cents"))
    return {row["claim_id"]: Outcome(row["paid"], row["adjusted"], row["patient"]) for row in summed}


def files_of(claim: Claim, adjudications: Sequence[Adjudication]) -> list[Exchange]:
    """The files that carried a claim out and the answers back, in order, without their content."""
    answered = {one.exchange_id for one in adjudications}
    # SQLite cannot ask a JSON list what it holds: its text narrows the rows down, the list itself decides
    rows = Exchange.objects.defer("body").filter(Q(claims__icontains=f'"{claim.number}"') | Q(pk__in=answered))
    return [row for row in rows.order_by("created_at", "pk") if row.pk in answered or claim.number in row.claims]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an adjudication: what was asked and paid, and each adjustment in words."""

    code: str
    charge_cents: int
    paid_cents: int
    adjustments: Sequence[tuple[str, int]]
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a payer to a claim."""

    row: Adjudication
    at: datetime
    lines: Sequence[Line]


def answers(adjudications: Sequence[Adjudication]) -> list[Answer]:
    """Adjudications as a biller reads them, CARC codes in our own words."""
    return [Answer(row, row.created_at, [_line(line) for line in row.lines]) for row in adjudications]


def _line(line: dict[str, object]) -> Line:
    raw = line.get("adjustments")
    adjustments = raw if isinstance(raw, list) else []
    remarks = line.get("remarks")
    return Line(
        code=str(line.get("code", "")),
        charge_cents=_cents(line.get("charge")),
        paid_cents=_cents(line.get("paid")),
        adjustments=[(codes.reason(str(a["group"]), str(a["carc"])), _cents(a["cents"])) for a in adjustments],
        remarks=[str(one) for one in remarks] if isinstance(remarks, list) else [],
    )


def _cents(value: object) -> int:
    return value if isinstance(value, int) else 0
