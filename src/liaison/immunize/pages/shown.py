"""What the working page shows of stock: the vaccines that can be planned, each planned dose with lots and how-to."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from liaison.engines.vaccines import Vis
from liaison.immunize import words
from liaison.immunize.actions.giving import funding_for
from liaison.immunize.models import PlannedDose
from liaison.immunize.queries.encounter import Day
from liaison.immunize.queries.leaflets import statements
from liaison.immunize.rules import HowTo, how_to_give
from liaison.people.models import Patient
from liaison.people.typed import Typed
from liaison.supplies.models import Stock
from liaison.supplies.queries import stock_at, why_not


@dataclass(frozen=True, slots=True)
class Lot:
    """A stock that a dose could come from, and why it could not."""

    stock: Stock
    why_not: str
    borrow: bool  # only the funding stands in the way


@dataclass(frozen=True, slots=True)
class Dose:
    """A planned dose with everything that its form offers."""

    plan: PlannedDose
    how_to: HowTo
    lots: tuple[Lot, ...]
    picked: str
    volume: str
    route: str
    routes: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # by route
    needle: str
    place: str
    typed: dict[str, Any]
    errors: dict[str, str]
    sorry: str
    scanned: bool


def doses(patient: Patient, day: Day, form: Typed | None, scanned: UUID | None) -> list[Dose]:
    """The planned doses, each with its lots; `form` is what was refused, `scanned` the stock that was scanned."""
    site = day.encounter.site_id
    cvxs = {one.cvx for one in day.to_give}
    funding = funding_for(day.preparation.eligibility if day.preparation else "")
    rows = stock_at(site, cvxs) if site and cvxs else []
    found = []
    for plan in day.to_give:
        how_to = how_to_give(plan.cvx, day.age, patient.sex, day.weight_kg)
        refused = form if form is not None and form.values.get("planned") == str(plan.pk) else Typed()
        lots = tuple(_lot(row, day.on, funding.value) for row in rows if row.lot.item.cvx == plan.cvx)
        here = any(lot.stock.pk == scanned for lot in lots)
        first = next((str(lot.stock.pk) for lot in lots if not lot.why_not), "")
        route = refused.values.get("route") or how_to.routes[0]
        found.append(
            Dose(
                plan=plan,
                how_to=how_to,
                lots=lots,
                picked=str(scanned) if here else refused.values.get("stock") or first,
                volume=refused.values.get("dose_ml") or (f"{how_to.volumes_ml[0]:g}" if how_to.volumes_ml else ""),
                route=route,
                routes=tuple((key, words.ROUTES[key]) for key in how_to.routes),
                sites=tuple((key, tuple((s, words.SITES[s]) for s in how_to.sites[key])) for key in how_to.routes),
                needle=how_to.needles.get(route, ""),
                place=how_to.site_words.get(route, ""),
                typed=refused.values,
                errors=refused.errors,
                sorry=refused.sorry,
                scanned=here,
            )
        )
    return found


def _lot(row: Stock, on: date, funding: str) -> Lot:
    refused = why_not(row, on, funding)
    only_funding = refused is not None and row.funding != funding and why_not(row, on, row.funding) is None
    return Lot(row, refused.sentence if refused else "", only_funding)


def statements_of(day: Day) -> list[Vis]:
    """The information statements of everything that is planned."""
    return statements([one.cvx for one in day.plan if one.status != "not-given"])
