"""The practice's rules of giving vaccines: its documents in force, or the packaged ones that a clinic starts with."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from dateutil.relativedelta import relativedelta

from liaison.documents.models import Document
from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound

SCREENING, GIVING, STANDING = "vaccine-screening", "vaccine-giving", "standing-order"
SCHOOL, MEASURES = "school-form", "vaccine-measures"
_FILES = {SCREENING: "screening", GIVING: "giving", SCHOOL: "school", MEASURES: "measures"}
Body = dict[str, Any]


@cache
def packaged(kind: str) -> list[dict[str, Any]]:
    """What a clinic starts with: `key`, `title` and `body` of each document of a kind."""
    path = resources.files(__package__) / f"{_FILES[kind]}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found


def start_documents() -> list[tuple[str, dict[str, Any]]]:
    """The packaged documents, each with its kind."""
    return [(kind, document) for kind in _FILES for document in packaged(kind)]


def rule(kind: str) -> tuple[Body, Document | None]:
    """What holds: the body of the edition in force and that edition; before there is one, the packaged body."""
    try:
        document = in_force(kind, "default")
    except NotFound:
        return packaged(kind)[0]["body"], None
    return document.body, document


def standing_order() -> Document | None:
    """The standing order for vaccines, if a provider has signed one."""
    try:
        return in_force(STANDING, "vaccines")
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Age:
    """How old somebody is on a day, as rules ask for it."""

    days: int
    months: int
    years: int

    @classmethod
    def on(cls, born: date, day: date) -> "Age":
        gone = relativedelta(day, born)
        return cls((day - born).days, gone.years * 12 + gone.months, gone.years)


def fits(entry: Body, age: Age, sex: str = "", weight_kg: float | None = None) -> bool:
    """Whether an entry of a rule is for somebody: `from_years` on, `until_years`, `until_months`, `until_days` before.

    An entry that goes by weight (`from_kg` on, `until_kg` before) is for nobody whose weight is unknown.
    """
    if age.years < entry.get("from_years", 0) or age.years >= entry.get("until_years", 1000):
        return False
    if age.months >= entry.get("until_months", 12_000) or age.days >= entry.get("until_days", 400_000):
        return False
    if entry.get("sex", sex) != sex:
        return False
    if "from_kg" in entry or "until_kg" in entry:
        return weight_kg is not None and entry.get("from_kg", 0) <= weight_kg < entry.get("until_kg", 1000)
    return True


def first_fit(entries: list[Body], age: Age, sex: str = "", weight_kg: float | None = None) -> Body | None:
    """The first entry that is for somebody."""
    return next((entry for entry in entries if fits(entry, age, sex, weight_kg)), None)


@dataclass(frozen=True, slots=True)
class HowTo:
    """How a vaccine is given to somebody: what may be chosen, the usual first, and the needle in words."""

    routes: tuple[str, ...]
    volumes_ml: tuple[float, ...]  # empty where the volume goes by weight or product
    sites: dict[str, tuple[str, ...]]  # by route
    site_words: dict[str, str]
    needles: dict[str, str]


def how_to_give(cvx: str, age: Age, sex: str = "", weight_kg: float | None = None) -> HowTo:
    """Routes, volumes, sites and needles for a vaccine (ACIP General Best Practice Guidelines, unless the clinic says
    otherwise)."""
    body, _ = rule(GIVING)
    routes = tuple(body["routes"]["by_cvx"].get(cvx, body["routes"]["default"]))
    volumes = body["volumes"]["by_cvx"].get(cvx, body["volumes"]["default"])
    sites, words, needles = {}, {}, {}
    for route in routes:
        place = first_fit(body["sites"].get(route, []), age, sex, weight_kg) or {"sites": [], "say": ""}
        sites[route], words[route] = tuple(place["sites"]), place["say"]
        needle = first_fit(body["needles"].get(route, []), age, sex, weight_kg)
        needles[route] = needle_words(needle) if needle else ""
    return HowTo(routes, tuple(v["ml"] for v in volumes if fits(v, age, sex)), sites, words, needles)


def needle_words(needle: Body) -> str:
    """`1 in, 22 to 25 gauge, in the thigh`."""
    return ", ".join(part for part in (needle["length"], f"{needle['gauge']} gauge", needle["say"]) if part)
