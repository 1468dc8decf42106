"""Who is overdue and wants to be called: the recall list."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from liaison.immunize.models import Cohort, Need, Recall
from liaison.immunize.population import NOT_COMPLETE, bands
from liaison.immunize.queries.coverage import Asked
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.record import audit
from liaison.record.actor import Actor

PAGE = 50
EVERYBODY = Asked()
MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to recall: a part of the population, a vaccine group, and whether those recalled lately are shown too."""

    asked: Asked = EVERYBODY
    vaccine_group: str = ""
    recalled_too: bool = False


@dataclass(frozen=True, slots=True)
class Overdue:
    """An overdue patient with the vaccine groups, the oldest first, and what was tried last."""

    patient: Patient
    needs: tuple[Need, ...]
    since: date
    last_contact: date | None
    last: Recall | None
    again_on: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list; `total` is of the whole."""

    wanted: Wanted
    rows: tuple[Overdue, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def recall_list(actor: Actor, wanted: Wanted, number: int = 1, size: int = PAGE) -> Page:
    """A page of overdue patients, the longest overdue first: audited with everyone on it. Five queries."""
    actor.require("immunize.population")
    on = clock.today(timezone.get_default_timezone())
    found = _by_group(actor, wanted, on) if wanted.vaccine_group else _by_patient(actor, wanted, on)
    total = found.count()
    number = max(1, min(number, -(-total // size)))
    page = list(found[(number - 1) * size : number * size])
    rows = _rows(page, on)
    audit.looked(actor, None, ["vaccine recall list", *(f"Patient/{row.patient.pk}" for row in rows)], action="search")
    return Page(wanted, tuple(rows), total, number)


Found = QuerySet[Any, tuple[UUID, date | None]]


def _by_patient(actor: Actor, wanted: Wanted, on: date) -> Found:
    """Patients with any dose past due and since when, from the cohorts: there that is kept."""
    found = Cohort.objects.filter(*_conditions(actor, wanted, on, ""), overdue_since__lt=on)
    return found.order_by("overdue_since", "patient_id").values_list("patient_id", "overdue_since")


def _by_group(actor: Actor, wanted: Wanted, on: date) -> Found:
    """Patients with a dose of one vaccine group past due, and since when."""
    found = Need.objects.filter(
        *_conditions(actor, wanted, on, "patient__cohort__"),
        vaccine_group=wanted.vaccine_group,
        status=NOT_COMPLETE,
        past_due__lt=on,
    )
    return found.order_by("past_due", "patient_id").values_list("patient_id", "past_due")


def _conditions(actor: Actor, wanted: Wanted, on: date, cohort: str) -> Iterator[Q | Combinable]:
    """Who is meant, whose chart may be opened, and who was not recalled lately."""
    for name, value in wanted.asked.columns.items():
        if name == "band":
            after, until = next((one.born(on) for one in bands() if one.title == value), (on, on))
            yield Q(patient__birth_date__lte=until)
            if after:
                yield Q(patient__birth_date__gt=after)
        else:
            yield Q(**{cohort + name: value})
    yield Q(patient__active=True, patient__deceased_on=None)
    if not actor.may("people.restricted"):
        yield Q(patient__restricted=False)
    if not wanted.recalled_too:
        yield ~Exists(Recall.objects.filter(patient_id=OuterRef("patient_id"), again_on__gt=on))


def _rows(page: Sequence[tuple[UUID, date | None]], on: date) -> list[Overdue]:
    keys = [key for key, _ in page]
    patients = {one.pk: one for one in Patient.objects.filter(pk__in=keys).select_related("cohort")}
    needs: dict[UUID, list[Need]] = defaultdict(list)
    for need in Need.objects.filter(patient_id__in=keys, status=NOT_COMPLETE, past_due__lt=on).order_by("past_due"):
        needs[need.patient_id].append(need)
    tried: dict[UUID, list[Recall]] = defaultdict(list)
    for recall in Recall.objects.filter(patient_id__in=keys).select_related("by").order_by("-on", "-created_at"):
        tried[recall.patient_id].append(recall)
    return [
        Overdue(
            patient=patients[key],
            needs=tuple(needs[key]),
            since=since or on,
            last_contact=_contact(patients[key], tried[key]),
            last=tried[key][0] if tried[key] else None,
            again_on=max((one.again_on for one in tried[key] if one.again_on > on), default=None),
        )
        for key, since in page
    ]


def _contact(patient: Patient, tried: Sequence[Recall]) -> date | None:
    cohort = getattr(patient, "cohort", None)
    days = [day for day in (cohort.last_contact if cohort else None, *(one.on for one in tried)) if day]
    return max(days, default=None)


def overdue_of(actor: Actor, patient_ids: Sequence[UUID]) -> list[Overdue]:
    """Chosen patients of the list, for letters: audited. Those whom this actor may not open are left out."""
    actor.require("immunize.population")
    on = clock.today(timezone.get_default_timezone())
    found = _by_patient(actor, Wanted(recalled_too=True), on).filter(patient_id__in=list(patient_ids)[:MOST_LETTERS])
    rows = _rows(list(found), on)
    audit.looked(actor, None, ["vaccine recall letters", *(f"Patient/{row.patient.pk}" for row in rows)])
    return rows


def table(rows: Sequence[Overdue]) -> Iterator[list[object]]:
    """The list as rows for a spreadsheet."""
    yield [
        "MRN",
        "family",
        "given",
        "born",
        "phone",
        "language",
        "overdue since",
        "vaccines",
        "last contact",
        "last recall",
    ]
    for row in rows:
        patient = row.patient
        yield [
            patient.mrn, patient.family, patient.given, patient.birth_date.isoformat(), patient.phone.lstrip("+"),
            patient.language, row.since.isoformat(), "; ".join(need.vaccine_group for need in row.needs),
            row.last_contact.isoformat() if row.last_contact else "",
            f"{row.last.get_how_display()} {row.last.on.isoformat()}" if row.last else "",
        ]  # fmt: skip
