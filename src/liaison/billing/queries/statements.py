"""What patients are to be told that they owe: what a statement says, which are due, and who is to be looked at."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from liaison.billing import ledger
from liaison.billing.books import days
from liaison.billing.models import Account, Balance, PaymentPlan, Placement, Statement, Transfer
from liaison.billing.queries import account
from liaison.billing.rules import rule
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

A, K = Account, Transfer.Kind
KIND = "statement-rules"
PAID = (K.PATIENT_PAYMENT, K.COPAY)
FORGIVEN = (A.WRITE_OFF, A.OTHER_ADJUSTMENT, A.BAD_DEBT)
_SHOWN = 1_000


def visits_of(patient_id: UUID) -> list[dict[str, Any]]:
    """Each visit that has a balance, oldest first, as a statement keeps it: the figures of the account, in cents."""
    rows = Transfer.objects.filter(patient_id=patient_id).select_related("claim", "charge", "encounter__site")
    found = account.visits_of(rows.order_by("at", "id"))
    return [
        {
            "encounter": str(one.encounter_id) if one.encounter_id else "",
            "day": one.day.isoformat(),
            "title": one.title if one.encounter_id else "",
            "charged": one.charged_cents,
            "paid": one.paid_cents,
            "adjusted": one.adjusted_cents,
            "open": one.open_cents,
            "share": one.patient_cents,
            "received": one.patient_paid_cents,
            "due": one.balance_cents,
        }
        for one in reversed(found)
        if one.balance_cents
    ]


@dataclass(frozen=True, slots=True)
class Due:
    """A patient who is to get a statement, and of which stage."""

    patient: Patient
    cents: int
    stage: str
    last: Statement | None


def due(actor: Actor, on: date | None = None, patient_id: UUID | None = None) -> list[Due]:
    """Who is to get a statement on a day: a fixed number of queries.

    A stage follows when its days are over, for as long as a visit that the last one named is unpaid and nothing was
    paid; new visits alone begin anew. Nobody with a payment plan that is kept, nobody after the final notice.
    """
    actor.require("books.read")
    body, on = rule(KIND), on or days.today()
    rows = Balance.objects.filter(account=A.PATIENT_RECEIVABLE, cents__isnull=False, patient__isnull=False).order_by()
    if patient_id:
        rows = rows.filter(patient_id=patient_id)
    sums = rows.values_list("patient_id").annotate(cents=Sum("cents"))
    owing = {key: cents for key, cents in sums if cents >= max(1, body["minimum_cents"])}
    planned = set(PaymentPlan.objects.filter(status=PaymentPlan.Status.ACTIVE).values_list("patient_id", flat=True))
    wanted = [key for key in owing if key not in planned]
    last = {one.patient_id: one for one in _last_statements(wanted)}
    payments = Transfer.objects.filter(kind__in=PAID, patient_id__in=last).order_by()
    paid = dict(payments.values_list("patient_id").annotate(Max("at")))
    named = rows.filter(patient_id__in=last, cents__gt=0).values_list("patient_id", "encounter_id")
    unpaid = {(key, str(encounter or "")) for key, encounter in named if key}
    stages = {}
    for key in wanted:
        stage = _next(body, last.get(key), on, key, unpaid, paid.get(key))
        if stage:
            stages[key] = stage
    patients = Patient.objects.in_bulk(list(stages))
    found = [Due(patients[key], owing[key], stage, last.get(key)) for key, stage in stages.items()]
    return sorted(found, key=lambda one: (one.patient.listed, one.patient.mrn))


def _last_statements(patient_ids: Sequence[UUID]) -> list[Statement]:
    newest = Statement.objects.filter(patient_id__in=patient_ids).order_by().values_list("patient_id").annotate(
        Max("sequence")
    )  # fmt: skip
    last = dict(newest)
    rows = Statement.objects.filter(patient_id__in=last)
    return [one for one in rows if one.sequence == last[one.patient_id]]


def _next(
    body: dict[str, Any], last: Statement | None, on: date, key: UUID, unpaid: set[tuple[UUID, str]], paid_at: Any
) -> str:
    """The stage of the statement that is due; nothing when none is."""
    stages = body["stages"]
    if last is None:
        return str(stages[0]["key"])
    named = any((key, visit["encounter"]) in unpaid for visit in last.visits if visit["due"] > 0)
    at = next((number for number, one in enumerate(stages) if one["key"] == last.stage), 0)
    if not named:
        return str(stages[0]["key"]) if last.day < on else ""
    paying = paid_at is not None and paid_at > last.at
    step = at if paying else at + 1
    if step >= len(stages):
        return ""
    wait = timedelta(days=max(1, stages[step]["after_days"] if step else stages[-1]["after_days"]))
    return str(stages[step]["key"]) if on >= last.day + wait else ""


def credit_balances(actor: Actor, limit: int = _SHOWN) -> list[tuple[Patient, int]]:
    """Patients who have paid ahead, and how much, the most first."""
    actor.require("books.read")
    rows = Balance.objects.filter(account=A.PATIENT_RECEIVABLE, cents__isnull=False, patient__isnull=False).order_by()
    sums = rows.values_list("patient_id").annotate(cents=Sum("cents")).filter(cents__lt=0).order_by("cents")[:limit]
    found = {key: -cents for key, cents in sums if key is not None}
    patients = Patient.objects.in_bulk(list(found))
    return [(patients[key], cents) for key, cents in found.items()]


def made(actor: Actor) -> QuerySet[Statement]:
    """The statements that were made, newest first."""
    actor.require("books.read")
    return Statement.objects.select_related("patient").order_by("-at", "-number")


def for_agency(actor: Actor) -> list[tuple[Statement, int]]:
    """Patients whose final notice has run out, with what they still owe."""
    actor.require("books.read")
    body = rule(KIND)
    until = days.today() - timedelta(days=body["collections_after_days"])
    late = Statement.objects.filter(stage=body["stages"][-1]["key"], day__lte=until).select_related("patient")
    last = {one.pk for one in _last_statements([one.patient_id for one in late])}
    rows = [one for one in late.order_by("day")[:_SHOWN] if one.pk in last]
    owed = _owed([one.patient_id for one in rows])
    return [(one, owed[one.patient_id]) for one in rows if owed.get(one.patient_id, 0) > 0]


def placements(actor: Actor) -> list[tuple[Placement, int]]:
    """What is with a collection agency, with what it still holds."""
    actor.require("books.read")
    rows = list(
        Placement.objects.filter(status=Placement.Status.PLACED).select_related("patient").order_by("placed_at")
    )
    held = _owed([one.patient_id for one in rows], A.COLLECTIONS)
    return [(one, held.get(one.patient_id, 0)) for one in rows[:_SHOWN]]


def _owed(patient_ids: Sequence[UUID], name: str = A.PATIENT_RECEIVABLE) -> dict[UUID, int]:
    rows = Balance.objects.filter(account=name, cents__isnull=False, patient_id__in=patient_ids).order_by()
    return {key: cents for key, cents in rows.values_list("patient_id").annotate(cents=Sum("cents")) if key}


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment: `paid_cents` of it is there by now."""

    on: date
    cents: int
    paid_cents: int
    missed: bool


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A payment plan and how it is kept: payments since it was agreed fill the instalments one after the other."""

    plan: PaymentPlan
    instalments: tuple[Instalment, ...]
    paid_cents: int

    @property
    def missed(self) -> int:
        return sum(one.missed for one in self.instalments)

    @property
    def kept(self) -> bool:
        return all(one.paid_cents == one.cents for one in self.instalments)


def plans(actor: Actor, patient_id: UUID | None = None) -> list[PlanStanding]:
    """The plans that run, missed ones first; of one patient, also those that are over."""
    actor.require("books.read")
    rows = PaymentPlan.objects.select_related("patient").order_by("agreed_at")
    if patient_id:
        rows = rows.filter(patient_id=patient_id)
    else:
        rows = rows.filter(status=PaymentPlan.Status.ACTIVE)
    found = standings(list(rows), days.today())
    return sorted(found, key=lambda one: (-one.missed, one.plan.agreed_at))


def standings(rows: Sequence[PaymentPlan], on: date) -> list[PlanStanding]:
    """How plans stand on a day, by what the patients have paid since: one query.

    What was written off since is taken from the last instalments.
    """
    payments: dict[UUID, list[tuple[Any, int]]] = defaultdict(list)
    forgiven: dict[UUID, list[tuple[Any, int]]] = defaultdict(list)
    moved = Transfer.objects.filter(patient_id__in=[one.patient_id for one in rows]).order_by()
    owed = A.PATIENT_RECEIVABLE
    for key, at, debit, credit, cents in moved.values_list("patient_id", "at", "debit", "credit", "cents"):
        if key and credit == owed and debit in ledger.MONEY:
            payments[key].append((at, cents))
        elif key and debit == owed and credit in ledger.MONEY:
            payments[key].append((at, -cents))
        elif key and credit == owed and debit in FORGIVEN:
            forgiven[key].append((at, cents))
        elif key and debit == owed and credit in FORGIVEN:
            forgiven[key].append((at, -cents))
    found = []
    for plan in rows:
        paid = max(0, sum(cents for at, cents in payments[plan.patient_id] if at > plan.agreed_at))
        due = plan.cents - max(0, sum(cents for at, cents in forgiven[plan.patient_id] if at > plan.agreed_at))
        left, instalments = paid, []
        for one in plan.instalments:
            due_on, cents = date.fromisoformat(one["on"]), min(int(one["cents"]), max(0, due))
            due -= cents
            if not cents:
                continue
            there = min(left, cents)
            left -= there
            late = plan.status == PaymentPlan.Status.ACTIVE and due_on < on and there < cents
            instalments.append(Instalment(due_on, cents, there, late))
        found.append(PlanStanding(plan, tuple(instalments), paid))
    return found


def statement_for(actor: Actor, statement_id: UUID) -> Statement:
    """A statement, to print: audited. Raises Forbidden, NotFound."""
    actor.require("books.read")
    found = Statement.objects.select_related("patient").filter(pk=statement_id).first()
    if found is None:
        raise NotFound("no-statement", "There is no such statement. Look at the list again.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, ["statement"])
    return found
