"""Which vaccines in stock would count for what is due: what can be put on today's plan."""

from dataclasses import dataclass

from liaison.engines.vaccines import facts
from liaison.immunize.queries.due import Due, Picture, groups_of, vaccines_of
from liaison.immunize.queries.encounter import Day
from liaison.immunize.queries.seen import seen_of
from liaison.immunize.queries.trial import Trial, try_dose
from liaison.people.models import Patient
from liaison.supplies.models import Stock
from liaison.supplies.queries import stock_at, why_not


@dataclass(frozen=True, slots=True)
class Offer:
    """A vaccine in stock that would count for what is due: `stock` says how many of whose doses."""

    cvx: str
    name: str
    covers: tuple[str, ...]
    stock: str
    preferred: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A vaccine group that is due or possible: what would count, the best first; `covered` when the plan has it.

    `usual` is the CVX by which the group's vaccine is noted as not given when none was planned.
    """

    due: Due
    offers: list[Offer]
    covered: bool
    usual: str


def choices(patient: Patient, day: Day, picture: Picture) -> list[Choice]:
    """For each vaccine group that is due or possible what is in stock at the site and would count today."""
    wanted = [*picture.now, *picture.possible]
    site = day.encounter.site_id
    cvxs = set().union(*(vaccines_of(due.vaccine_group) for due in wanted))
    by_cvx: dict[str, list[Stock]] = {}
    for one in stock_at(site, cvxs) if site and wanted else ():
        if why_not(one, day.on, one.funding) is None:
            by_cvx.setdefault(one.lot.item.cvx, []).append(one)
    seen = seen_of(patient, day.on)
    trials = {
        cvx: try_dose(seen, cvx, day.on, dict.fromkeys(one.lot.item.mvx for one in rows))
        for cvx, rows in by_cvx.items()
    }
    planned = {one.cvx for one in day.to_give}
    covered = {group for one in day.plan if one.status != "not-given" for group in one.vaccine_groups}
    return [Choice(due, _of(due, by_cvx, trials, planned), due.vaccine_group in covered, _usual(due)) for due in wanted]


def _of(due: Due, by_cvx: dict[str, list[Stock]], trials: dict[str, Trial], planned: set[str]) -> list[Offer]:
    members = vaccines_of(due.vaccine_group)
    found = [
        Offer(cvx, _name(cvx), trials[cvx].valid, _in_stock(rows), cvx in due.cvxs)
        for cvx, rows in by_cvx.items()
        if cvx in members and cvx not in planned and trials[cvx].counts and due.vaccine_group in trials[cvx].valid
    ]
    return sorted(found, key=lambda one: (not one.preferred, -len(one.covers), one.name))


def _usual(due: Due) -> str:
    """The code by which a vaccine of a group is refused when none is planned: the preferred one, else any in use."""
    known = facts()
    single = [cvx for cvx in vaccines_of(due.vaccine_group) if groups_of(cvx) == [due.vaccine_group]]
    in_use = [cvx for cvx in sorted(single) if (found := known.vaccine(cvx)) and found.active]
    return next(iter((*due.cvxs, *in_use, *sorted(single))), "")


def _name(cvx: str) -> str:
    found = facts().vaccine(cvx)
    return found.short if found else cvx


def _in_stock(rows: list[Stock]) -> str:
    counts: dict[str, int] = {}
    for one in rows:
        counts[one.get_funding_display()] = counts.get(one.get_funding_display(), 0) + one.on_hand
    return ", ".join(f"{count} {funding}" for funding, count in counts.items())
