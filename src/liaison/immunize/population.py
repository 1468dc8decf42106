"""The population's vaccines counted: which cohort a patient is in, how each cohort stands, and the practice's measures.

Derived rows, renewed by a job: pages show their sums, however many patients there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
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
_SHOWN = ("band", "site_id", "provider_id", "payer_id", "last_contact", "overdue_since")


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
    """Work the cohorts, the tally and the measures out again. Gives how many patients there are.

    What is long is worked out before it is written: others wait for the writing alone.
    """
    on = clock.today(timezone.get_default_timezone())
    patients = dict(
        Patient.objects.filter(active=True, deceased_on=None).values_list("pk", "birth_date").iterator(_BATCH)
    )
    _renew_cohorts(patients, on)
    tally, measures = _tally(on), list(measured(on))
    with transaction.atomic():
        Tally.objects.all().delete()
        Tally.objects.bulk_create(tally, batch_size=_BATCH)
        Survey.objects.update_or_create(
            pk=1, defaults={"at": clock.now(), "patients": len(patients), "measures": measures}
        )
    return len(patients)


def touch(patient_ids: Sequence[UUID]) -> None:
    """Since when these patients are overdue, once their needs have been worked out again."""
    since = _overdue_since(Need.objects.filter(patient_id__in=patient_ids))
    changed = []
    for row in Cohort.objects.filter(pk__in=patient_ids):
        if row.overdue_since != since.get(row.patient_id):
            row.overdue_since = since.get(row.patient_id)
            changed.append(row)
    _write(changed)


def _write(rows: Sequence[Cohort]) -> None:
    """Insert or change many at once, a batch in a transaction."""
    names = [name.removesuffix("_id") for name in _SHOWN]
    for at in range(0, len(rows), _BATCH):
        Cohort.objects.bulk_create(
            rows[at : at + _BATCH], update_conflicts=True, unique_fields=["patient"], update_fields=names
        )


def _overdue_since(needs: QuerySet[Need]) -> dict[UUID, date]:
    rows = needs.filter(status=NOT_COMPLETE, past_due__isnull=False).order_by().values_list("patient_id")
    return dict(rows.annotate(since=Min("past_due")))


def _renew_cohorts(patients: Mapping[UUID, date], on: date) -> None:
    """Write what has changed since they were last worked out."""
    by_age = [(band, *band.born(on)) for band in bands()]
    seen = _last_visits()
    payers = dict(Coverage.objects.filter(active=True).order_by("-position").values_list("patient_id", "payer_id"))
    called = dict(Recall.objects.order_by().values_list("patient_id").annotate(last=Max("on")))
    since = _overdue_since(Need.objects.all())
    kept = {row[0]: row[1:] for row in Cohort.objects.values_list("patient_id", *_SHOWN).iterator(_BATCH)}
    changed = []
    for patient_id, born in patients.items():
        site, provider, visited = seen.get(patient_id, (None, None, None))
        contact = max((day for day in (visited, called.get(patient_id)) if day), default=None)
        told = (_band(by_age, born), site, provider, payers.get(patient_id), contact, since.get(patient_id))
        if kept.pop(patient_id, None) != told:
            changed.append(Cohort(patient_id=patient_id, **dict(zip(_SHOWN, told, strict=True))))
    Cohort.objects.filter(pk__in=list(kept)).delete()
    _write(changed)


def _last_visits() -> dict[UUID, tuple[UUID | None, UUID | None, date]]:
    """Site, provider and day of each patient's last visit."""
    place = Window(RowNumber(), partition_by=F("patient_id"), order_by=F("starts_at").desc())
    last = Encounter.objects.filter(starts_at__isnull=False).annotate(place=place).filter(place=1)
    rows = last.values_list("patient_id", "site_id", "provider_id", "starts_at")
    return {key: (site, provider, _local(at)) for key, site, provider, at in rows.iterator(_BATCH) if at}


def _band(by_age: Iterable[tuple[Band, date | None, date | None]], born: date) -> str:
    for band, after, until in by_age:
        if (after is None or born > after) and (until is None or born <= until):
            return band.title
    return ""


def _tally(on: date) -> list[Tally]:
    """How many of each cohort stand how: of those who have begun a series, or whose time for it has come.

    Somebody whose time has not come would make coverage look better than it is.
    """
    waiting = Q(status=NOT_COMPLETE, earliest__lte=on)
    overdue = waiting & Q(past_due__lt=on)
    due = waiting & Q(recommended__lte=on) & (Q(past_due__gte=on) | Q(past_due__isnull=True))
    early = Q(status=NOT_COMPLETE, doses=0, recommended__gt=on)
    cells = (
        Need.objects.filter(~early, status__in=COUNTED, patient__cohort__isnull=False)
        .order_by()
        .values(
            "vaccine_group",
            band=F("patient__cohort__band"),
            site_id=F("patient__cohort__site_id"),
            provider_id=F("patient__cohort__provider_id"),
            payer_id=F("patient__cohort__payer_id"),
        )
        .annotate(all=Count("pk"), due=Count("pk", filter=due), overdue=Count("pk", filter=overdue))
    )
    rows = []
    for one in cells:
        cell: dict[str, Any] = dict(one)
        rows.append(Tally(up_to_date=cell.pop("all") - cell["due"] - cell["overdue"], **cell))
    return rows


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
