"""The tabs on top of the pages of money: one list. A tab is shown to whoever has its capability."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from liaison.record.actor import Actor


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of money: its name in `urls.py`, its words, who may open it; `within` are addresses that belong to it."""

    name: str
    label: str
    capability: str
    within: tuple[str, ...] = ()


MONEY: tuple[Tab, ...] = (
    Tab("claims", "Claims", "billing.read", ("/claims/", "/coding/")),
    Tab("uncharged", "Left out", "billing.read"),
    Tab("coverage-day", "Coverage", "billing.coverage"),
    Tab("denials", "Denials", "billing.read"),
    Tab("payments", "Payments", "billing.read"),
    Tab("day-sheet", "Books", "books.read", ("/books/",)),
    Tab("drawer", "Books", "books.drawer", ("/books/",)),
)
"""Claims first, the books last. Of two tabs with the same words the first is shown that one may open."""

BOOKS: tuple[Tab, ...] = (
    Tab("day-sheet", "Day sheet", "books.read"),
    Tab("drawer", "Drawer", "books.drawer", ("/books/deposits/",)),
    Tab("statements", "Statements", "books.read"),
    Tab("aging", "Aging", "books.read"),
    Tab("rates", "Rates", "books.read"),
    Tab("bank", "Bank", "books.bank"),
    Tab("expenses", "Expenses", "books.bank"),
    Tab("periods", "Periods", "books.read"),
)
"""The pages of the books."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A tab as a page shows it."""

    address: str
    label: str
    current: bool


def tabs(path: str, actor: Actor, of: Sequence[Tab] = MONEY) -> list[Shown]:
    """The tabs that `actor` may open; the one that the page at `path` belongs to is current."""
    found: list[tuple[Tab, str]] = []
    for tab in of:
        if not actor.may(tab.capability) or any(tab.label == earlier.label for earlier, _ in found):
            continue
        try:
            address = reverse(tab.name)
        except NoReverseMatch:
            continue
        found.append((tab, address))
    # The longest address that the page stands under: /books/ is not the tab of /books/bank/
    under = [len(start) for tab, address in found for start in (address, *tab.within) if path.startswith(start)]
    longest = max(under, default=0)
    return [
        Shown(
            address,
            tab.label,
            any(path.startswith(start) and len(start) == longest for start in (address, *tab.within)),
        )
        for tab, address in found
    ]


def of_request(request: HttpRequest, of: Sequence[Tab] = MONEY) -> list[Shown]:
    """The tabs for the person who asks."""
    return tabs(request.path, request.actor, of)  # type: ignore[attr-defined]  # put there by Acting
