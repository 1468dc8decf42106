"""What waits to be coded, and the charges of one visit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from liaison.billing.models import Charge
from liaison.billing.queries.uncharged import LeftOut, left_out_of
from liaison.chart.models import Condition, Encounter
from liaison.kernel.errors import NotFound
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor


def open_charges(actor: Actor, encounter_id: UUID) -> list[Charge]:
    """The charges of an encounter that are drafted and not yet billed."""
    actor.require("billing.read")
    rows = Charge.objects.filter(encounter_id=encounter_id, status=Charge.Status.OPEN)
    return list(rows.select_related("provider").order_by("created_at", "id"))


@dataclass
class ToCode:
    """A visit that is over and waits for a person to confirm its charges."""

    encounter: Encounter
    charges: list[Charge] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return sum(charge.cents for charge in self.charges)


def to_code(actor: Actor) -> QuerySet[Encounter]:
    """Visits with drafted charges, and visits in coding that have none; the oldest first, to be paged."""
    actor.require("billing.read")
    drafted = Charge.objects.filter(status=Charge.Status.OPEN).order_by().values("encounter_id")
    rows = Encounter.objects.filter(
        Q(pk__in=drafted) | Q(visit__stage="coding"), here=True, status=Encounter.Status.FINISHED
    )
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    return rows.select_related("patient", "provider", "site").order_by("starts_at", "pk")


def worth(waiting: QuerySet[Encounter]) -> tuple[int, int]:
    """How many visits wait to be coded, and the cents that are drafted for them. Two queries."""
    drafted = Charge.objects.filter(encounter__in=waiting.order_by().values("pk"), status=Charge.Status.OPEN)
    return waiting.count(), drafted.aggregate(cents=Sum("cents"))["cents"] or 0


def drafted(encounters: Iterable[Encounter]) -> list[ToCode]:
    """Visits with the charges that are drafted for them. One query."""
    by_id = {encounter.pk: ToCode(encounter) for encounter in encounters}
    for charge in Charge.objects.filter(encounter_id__in=list(by_id), status=Charge.Status.OPEN).order_by("created_at"):
        by_id[charge.encounter_id].charges.append(charge)
    return list(by_id.values())


@dataclass(frozen=True)
class Coding:
    """A visit to code: its charges, the diagnoses they point to, and what was done and is not charged.

    `payer_id` is the coverage chosen at check-in; `counselled` what a person said about its vaccines, if anything.
    """

    encounter: Encounter
    charges: Sequence[Charge]
    diagnoses: Sequence[Condition]
    left_out: Sequence[LeftOut] = ()
    payer_id: UUID | None = None
    counselled: bool | None = None


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
    more = Encounter.objects.filter(pk=encounter.pk).values_list("visit__coverage", "coding__counselled").first()
    payer_id, counselled = more or (None, None)
    return Coding(
        encounter,
        list(charges.order_by("created_at", "pk")),
        list(diagnoses.order_by("rank", "pk")),
        left_out_of([encounter]).get(encounter.pk, []),
        payer_id,
        counselled,
    )
