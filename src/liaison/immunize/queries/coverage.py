"""How the population stands: coverage by vaccine group and cohort, from the tally."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from liaison.immunize import schedule
from liaison.immunize.models import Survey, Tally
from liaison.immunize.population import bands
from liaison.people.models import Staff
from liaison.places.models import Organization, Site
from liaison.record import audit
from liaison.record.actor import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the population is asked for; what is None is everybody."""

    band: str = ""
    site: UUID | None = None
    provider: UUID | None = None
    payer: UUID | None = None

    @property
    def columns(self) -> dict[str, Any]:
        told = {"band": self.band, "site_id": self.site, "provider_id": self.provider, "payer_id": self.payer}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Standing:
    """How many patients stand how."""

    up_to_date: int
    due: int
    overdue: int

    @property
    def patients(self) -> int:
        return self.up_to_date + self.due + self.overdue

    @property
    def percent(self) -> int | None:
        """Of whom nothing is due, in a hundred; a small cohort is told, none is not."""
        return int(100 * self.up_to_date / self.patients) if self.patients else None


@dataclass(frozen=True, slots=True)
class Row:
    """A vaccine group: all who were asked for, and each age band in the order of `Coverage.bands`."""

    vaccine_group: str
    all: Standing
    by_band: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of the part of the population that was asked for, and when it was counted."""

    asked: Asked
    survey: Survey | None
    bands: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def measures(self) -> list[dict[str, Any]]:
        """The practice's measures, with percentages; they are of everybody."""
        found = self.survey.measures if self.survey else []
        return [
            {
                **one,
                "percent": _percent(one["met"], one["patients"]),
                "parts": [{**part, "percent": _percent(part["met"], one["patients"])} for part in one["parts"]],
            }
            for one in found
        ]


def coverage(actor: Actor, asked: Asked) -> Coverage:
    """How the population stands. Sums alone: no patient is named. Two queries. Raises Forbidden."""
    actor.require("immunize.population")
    audit.looked(actor, None, ["vaccine coverage"], action="search")
    titles = tuple(band.title for band in bands())
    cells: dict[str, dict[str, Standing]] = {}
    sums = (
        Tally.objects.filter(**asked.columns)
        .order_by()
        .values_list("vaccine_group", "band")
        .annotate(up_to_date=Sum("up_to_date"), due=Sum("due"), overdue=Sum("overdue"))
    )
    for group, band, up_to_date, due, overdue in sums:
        cells.setdefault(group, {})[band] = Standing(up_to_date, due, overdue)
    order = [group.name for group in schedule.in_force().groups]
    rows = tuple(_row(name, cells[name], titles) for name in order if name in cells)
    return Coverage(asked, Survey.objects.filter(pk=1).first(), titles, rows)


def _row(name: str, cells: Mapping[str, Standing], titles: tuple[str, ...]) -> Row:
    everybody = Standing(
        *(sum(getattr(one, column) for one in cells.values()) for column in ("up_to_date", "due", "overdue"))
    )
    return Row(name, everybody, tuple(cells.get(title, Standing(0, 0, 0)) for title in titles))


def _percent(part: int, whole: int) -> int | None:
    return int(100 * part / whole) if whole else None


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the population can be narrowed to: (value, words) for each column, those alone that somebody belongs to."""
    tally = Tally.objects.order_by()
    people = Staff.objects.filter(pk__in=tally.values("provider_id")).order_by("family", "given")
    return {
        "band": [(band.title, band.title) for band in bands()],
        "site": _named(Site.objects.filter(pk__in=tally.values("site_id")).order_by("name")),
        "provider": [(str(one.pk), one.full) for one in people],
        "payer": _named(Organization.objects.filter(pk__in=tally.values("payer_id")).order_by("name")),
    }


def _named(rows: Any) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in rows.values_list("pk", "name")]


def table(found: Coverage) -> Iterator[list[object]]:
    """Coverage as rows for a spreadsheet: a line for each vaccine group and age band."""
    yield ["vaccine group", "age band", "patients", "up to date", "due", "overdue", "percent up to date"]
    for row in found.rows:
        for title, one in (("all", row.all), *zip(found.bands, row.by_band, strict=True)):
            if one.patients:
                yield [row.vaccine_group, title, one.patients, one.up_to_date, one.due, one.overdue, one.percent]
