"""The population's vaccines counted: which cohort a patient is in, how each cohort stands, and the practice's measures.

Derived rows, renewed by a job: pages show their sums, however many patients there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from liaison.chart.models import Encounter
from liaison.engines.cdsi import SeriesStatus
from liaison.immunize.models import Cohort, Immunization, Need, Recall, Survey, Tally
from liaison.immunize.queries.due import vaccines_of
from liaison.immunize.rules import MEASURES, rule
from liaison.kernel import clock
from liaison.people.models import Coverage, Patient

NOT_COMPLETE = SeriesStatus.NOT_COMPLETE.value
COUNTED = (NOT_COMPLETE, SeriesStatus.COMPLETE.value, SeriesStatus.IMMUNE.value)
"""The series statuses of patients for whom a vaccine is meant; contraindicated and aged out are left out of sums."""
_BATCH = 1000
_SHOWN = ("band", "site_id", "provider_id", "payer_id", "last_contact")


@dataclass(frozen=True, slots=True)
class Band:
    """An age band: in months, from the first on, before the last."""

    title: str
    from_months: int
    until_months: int | None

    def born(self, on: date) -> tuple[date | None, date | None]:
        """The birth dates of it on a day: after the first, up to the second."""
        oldest = on - relativedelta(months=self.until_months) if self.until_months is not None else None
        return oldest, on - relativedelta(months=self.from_months)


def bands() -> list[Band]:
    """The age bands of the practice's document, youngest first."""
    body, _ = rule(MEASURES)
    return [Band(one["title"], one.get("from_months", 0), one.get("until_months")) for one in body["age_bands"]]


def recall_again_days() -> int:
    """For how many days nobody is recalled twice."""
    body, _ = rule(MEASURES)
    return int(body.get("recall_again_days", 30))


def renew() -> int:
    """Work the cohorts, the tally and the measures out again. Gives how many patients there are."""
    on = clock.today(timezone.get_default_timezone())
    patients = dict(
        Patient.objects.filter(active=True, deceased_on=None).values_list("pk", "birth_date").iterator(_BATCH)
    )
    with transaction.atomic():
        _renew_cohorts(patients, on)
        _renew_tally(on)
        Survey.objects.update_or_create(
            pk=1, defaults={"at": clock.now(), "patients": len(patients), "measures": list(measured(on))}
        )
    return len(patients)


def _renew_cohorts(patients: Mapping[UUID, date], on: date) -> None:
    """Write what has changed since they were last worked out."""
    by_age = [(band, *band.born(on)) for band in bands()]
    nowhere: tuple[UUID | None, UUID | None, date | None] = (None, None, None)
    seen: dict[UUID, tuple[UUID | None, UUID | None, date | None]] = {}
    visits = Encounter.objects.order_by("starts_at").values_list("patient_id", "site_id", "provider_id", "starts_at")
    for patient_id, site_id, provider_id, starts_at in visits.iterator(_BATCH):
        before = seen.get(patient_id, nowhere)
        if starts_at is not None:
            seen[patient_id] = site_id or before[0], provider_id or before[1], _local(starts_at)
    payers = dict(Coverage.objects.filter(active=True).order_by("-position").values_list("patient_id", "payer_id"))
    called = dict(Recall.objects.order_by().values_list("patient_id").annotate(last=Max("on")))
    kept = {row.patient_id: row for row in Cohort.objects.iterator(_BATCH)}
    fresh, changed = [], []
    for patient_id, born in patients.items():
        site, provider, visited = seen.get(patient_id, nowhere)
        contacts = [day for day in (visited, called.get(patient_id)) if day]
        row = Cohort(
            patient_id=patient_id,
            band=_band(by_age, born),
            site_id=site,
            provider_id=provider,
            payer_id=payers.get(patient_id),
            last_contact=max(contacts, default=None),
        )
        old = kept.pop(patient_id, None)
        if old is None:
            fresh.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in _SHOWN):
            changed.append(row)
    Cohort.objects.filter(pk__in=list(kept)).delete()
    Cohort.objects.bulk_create(fresh, batch_size=_BATCH)
    Cohort.objects.bulk_update(changed, ("band", "site", "provider", "payer", "last_contact"), batch_size=200)


def _band(by_age: Iterable[tuple[Band, date | None, date | None]], born: date) -> str:
    for band, after, until in by_age:
        if (after is None or born > after) and (until is None or born <= until):
            return band.title
    return ""


def _renew_tally(on: date) -> None:
    """Count how each cohort stands; a dose that is not recommended yet does not make anybody late."""
    waiting = Q(status=NOT_COMPLETE, earliest__lte=on)
    late = waiting & Q(past_due__lt=on)
    due = waiting & Q(recommended__lte=on) & ~Q(past_due__lt=on, past_due__isnull=False)
    cells = (
        Need.objects.filter(status__in=COUNTED, patient__cohort__isnull=False)
        .order_by()
        .values(
            "vaccine_group",
            band=F("patient__cohort__band"),
            site_id=F("patient__cohort__site_id"),
            provider_id=F("patient__cohort__provider_id"),
            payer_id=F("patient__cohort__payer_id"),
        )
        .annotate(all=Count("pk"), due=Count("pk", filter=due), overdue=Count("pk", filter=late))
    )
    rows = []
    for one in cells:
        cell: dict[str, Any] = dict(one)
        rows.append(Tally(up_to_date=cell.pop("all") - cell["due"] - cell["overdue"], **cell))
    Tally.objects.all().delete()
    Tally.objects.bulk_create(rows, batch_size=_BATCH)


def measured(on: date) -> Iterable[dict[str, Any]]:
    """The measures of the practice's document: of whom, how many have all of it, and how many have each part."""
    body, _ = rule(MEASURES)
    for series in body["series"]:
        until = on - relativedelta(months=series["by_months"])
        after = until - relativedelta(months=series["born_within_months"])
        born = dict(
            Patient.objects.filter(
                active=True, deceased_on=None, birth_date__gt=after, birth_date__lte=until
            ).values_list("pk", "birth_date")
        )
        met = _met(series, born)
        yield {
            "key": series["key"],
            "title": series["title"],
            "source": series.get("source", ""),
            "patients": len(born),
            "met": sum(all(parts) for parts in met),
            "parts": [
                {"group": part["group"], "count": part.get("count"), "met": sum(parts[n] for parts in met)}
                for n, part in enumerate(series["doses"])
            ],
        }


def _met(series: Mapping[str, Any], born: Mapping[UUID, date]) -> list[list[bool]]:
    """For each child, which parts of a series it has by the age that the series says."""
    given: dict[UUID, list[tuple[str, date]]] = defaultdict(list)
    rows = Immunization.objects.filter(patient_id__in=list(born), status="completed")
    for patient_id, cvx, at in rows.values_list("patient_id", "cvx", "occurred_at"):
        given[patient_id].append((cvx.zfill(2), _local(at)))
    members = {part["group"]: vaccines_of(part["group"]) for part in series["doses"]}
    found = []
    for patient_id, birth_date in born.items():
        end = birth_date + relativedelta(months=series["by_months"])
        doses = [(cvx, day) for cvx, day in given[patient_id] if day <= end]
        found.append([_has(part, members[part["group"]], doses, birth_date) for part in series["doses"]])
    return found


def _has(part: Mapping[str, Any], members: frozenset[str], doses: Iterable[tuple[str, date]], born: date) -> bool:
    """Whether doses on enough different days are there; `any` holds alternatives, each of its vaccines and count."""
    first = born + relativedelta(months=part.get("from_months", 0), days=part.get("from_days", 0))
    of_group = [(cvx, day) for cvx, day in doses if cvx in members and day >= first]
    for way in part.get("any", [part]):
        wanted = set(way.get("cvx", ()))
        if len({day for cvx, day in of_group if not wanted or cvx in wanted}) >= way["count"]:
            return True
    return False


def _local(at: datetime) -> date:
    return at.astimezone(timezone.get_default_timezone()).date()


def midnight(on: date) -> datetime:
    """The begin of a day in the practice's zone."""
    return datetime.combine(on, time(0), timezone.get_default_timezone())
