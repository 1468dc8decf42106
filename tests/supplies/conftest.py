"""A site with a refrigerator and a freezer, and vaccines in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liaison.places.models import Site
    from liaison.record.actor import Actor
    from liaison.supplies.models import Item, Stock, StorageUnit

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, 9:00 in Chicago
TODAY = date(2026, 11, 23)
NEXT_YEAR = date(2027, 11, 30)


@dataclass
class Shelf:
    """What a test of supplies needs."""

    site: Site
    setup: Actor
    ma: Actor
    nurse: Actor
    desk: Actor
    fridge: StorageUnit
    freezer: StorageUnit
    mmr: Item
    flu: Item

    def receive(self, item: Item | None = None, doses: int = 10, **more: Any) -> Stock:
        """Ten private doses of MMR, unless other words are said."""
        from liaison.supplies import actions

        item = item or self.mmr
        unit = self.freezer if item.storage == "freezer" else self.fridge
        facts = {"unit_id": unit.pk, "number": "X1234", "expires_on": NEXT_YEAR, "funding": "private", **more}
        return actions.receive(self.ma, item_id=item.pk, doses=doses, **facts)


def a_shelf() -> Shelf:
    """Set it up in the database of the moment."""
    from liaison.people.actors import of_staff
    from liaison.people.staffing import add_staff
    from liaison.places.actions import add_hours, add_organization, add_site
    from liaison.record.actor import machine
    from liaison.supplies import actions

    setup = machine("test")
    add_organization(setup, kind="practice", name="Maple Street Clinic")
    site = add_site(setup, name="Maple Street", code="maple")
    for weekday in range(5):
        add_hours(setup, site_id=site.pk, weekday=weekday, opens="08:00", closes="17:00")

    def staff(role: str, family: str, given: str) -> Actor:
        return of_staff(add_staff(setup, role=role, family=family, given=given, site_id=site.pk))

    return Shelf(
        site=site,
        setup=setup,
        ma=staff("medical-assistant", "Whitfield", "Dana"),
        nurse=staff("nurse", "Ibarra", "Sol"),
        desk=staff("front-desk", "Marsh", "Nina"),
        fridge=actions.add_unit(setup, site_id=site.pk, name="Refrigerator 1", kind="refrigerator"),
        freezer=actions.add_unit(setup, site_id=site.pk, name="Freezer 1", kind="freezer"),
        mmr=actions.add_item(setup, name="MMR II", ndc="00006-4681-00", storage="refrigerator", doses_per_package=10),
        flu=actions.add_item(
            setup, name="Fluzone, multi-dose vial", ndc="49281-0643-15", doses_per_vial=10, beyond_use_days=28
        ),
    )


@pytest.fixture
def shelf(db: None) -> Iterator[Shelf]:
    from liaison.kernel import clock

    with clock.at(NOW):
        yield a_shelf()


@pytest.fixture
def make_shelf() -> Callable[[], Shelf]:
    return a_shelf
