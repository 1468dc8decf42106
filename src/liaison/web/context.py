"""What the shell of every page needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from liaison.people.roles import ROLES
from liaison.record.actor import Actor

THEMES = (("light", "Light"), ("dark", "Dark"), ("system", "System"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation; `key` is typed after g."""

    name: str
    title: str
    key: str
    capability: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a heading."""

    title: str
    entries: tuple[Entry, ...]


_MAP = (
    Group(
        "",
        (
            Entry("today", "Today", "t", "visits.read"),
            Entry("schedule", "Schedule", "s", "schedule.read"),
            Entry("patients", "Patients", "p", "people.search"),
            Entry("tasks", "Tasks", "k", "worklist.read"),
        ),
    ),
    Group(
        "Clinic",
        (
            Entry("orders", "Orders", "o", "orders.read"),
            Entry("vaccine-coverage", "Vaccines", "v", "immunize.population"),
            Entry("supplies", "Supplies", "u", "supplies.read"),
            Entry("registry", "Registry", "i", "registry.read"),
        ),
    ),
    Group(
        "Office",
        (
            Entry("claims", "Claims", "c", "billing.read"),
            Entry("rules", "Rules", "r", "visits.read"),
            Entry("practice", "Practice", "a", "places.manage"),
        ),
    ),
)
_SHORT = 4


def navigation(actor: Actor) -> list[Group]:
    """The pages that this person may open."""
    groups = [Group(group.title, tuple(_reachable(group.entries, actor))) for group in _MAP]
    return [group for group in groups if group.entries]


def _reachable(entries: tuple[Entry, ...], actor: Actor) -> list[Entry]:
    kept = []
    for entry in entries:
        try:
            href = reverse(entry.name)
        except NoReverseMatch:
            continue
        if actor.may(entry.capability):
            kept.append(Entry(entry.name, entry.title, entry.key, entry.capability, href))
    return kept


def shell(request: HttpRequest) -> dict[str, Any]:
    """The signed-in person and where they may go, lazily: pages that do not show it ask nothing of the database."""
    actor = getattr(request, "actor", None)
    groups = SimpleLazyObject(lambda: navigation(request.actor))  # type: ignore[attr-defined]  # put there by Acting
    theme = request.COOKIES.get("theme", "")
    return {
        "actor": actor,
        "staff": getattr(request, "staff", None),
        "navigation": groups,
        "short_navigation": SimpleLazyObject(lambda: [e for g in groups for e in g.entries][:_SHORT]),
        "may": SimpleLazyObject(lambda: {"find": request.actor.may("people.search")}),  # type: ignore[attr-defined]
        "role_title": SimpleLazyObject(lambda: _title(request.actor.role)),  # type: ignore[attr-defined]
        "theme": theme if theme in dict(THEMES) else "",
        "themes": THEMES,
        "here": request.resolver_match.url_name if request.resolver_match else "",
    }


def _title(role: str) -> str:
    return ROLES[role].title if role in ROLES else role
