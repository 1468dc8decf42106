"""A site with a provider who is there every day. Imports stand inside: Django may not be set up yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from uuid import UUID

    from liaison.people.models import Patient, Staff
    from liaison.places.models import Site
    from liaison.record.actor import Actor
    from liaison.schedule.models import Appointment

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # a Friday, 8:00 in Chicago
WEEKLY = {str(day): [["08:00", "12:00"], ["13:00", "17:00"]] for day in range(7)}


@dataclass
class Practice:
    """A practice with one site, one provider and as many patients as one asks for."""

    setup: Actor
    desk: Actor
    nurse: Actor
    site: Site
    provider: Staff
    _number: int = field(default=0)

    def patient(self) -> Patient:
        from liaison.people.actions import register

        self._number += 1
        name = {"family": f"Patient{self._number}", "given": "Pat", "birth_date": "1970-01-01", "sex": "unknown"}
        return register(self.setup, despite_duplicates=True, **name)

    def another_provider(self, family: str = "Lindqvist") -> Staff:
        from liaison.people.actions import add_staff
        from liaison.schedule.actions import set_hours

        site = self.site.pk
        staff = add_staff(self.setup, role="provider", family=family, given="Nils", credential="DO", site_id=site)
        set_hours(self.setup, staff.pk, site, WEEKLY)
        return staff

    def book(self, starts_at: datetime, *, actor: Actor | None = None, **more: Any) -> Appointment:
        from liaison.schedule.actions import book

        wanted: dict[str, Any] = {"visit_type": "follow-up", "provider_id": self.provider.pk, "site_id": self.site.pk}
        patient_id: UUID = more.pop("patient_id", None) or self.patient().pk
        return book(actor or self.desk, patient_id=patient_id, starts_at=starts_at, **(wanted | more))


def a_practice() -> Practice:
    """Set up a practice in the database of the moment."""
    from liaison.documents.actions import publish
    from liaison.people.actions import add_staff
    from liaison.people.actors import capabilities_of
    from liaison.places.actions import add_organization, add_room, add_site
    from liaison.record.actor import Actor, machine
    from liaison.schedule.actions import set_hours

    setup = machine("test")
    for key, body in (
        ("follow-up", {"minutes": 20, "holds_room": False}),
        ("procedure", {"minutes": 30, "holds_room": True, "room_kind": "procedure"}),
    ):
        publish(setup, kind="visit-type", key=key, title=key, body=body)
    add_organization(setup, kind="practice", name="Lakeside")
    site = add_site(setup, name="North", code="north")
    add_room(setup, site_id=site.pk, name="Procedure 1", kind="procedure")
    provider = add_staff(setup, role="provider", family="Osei", given="Abena", credential="MD", site_id=site.pk)
    set_hours(setup, provider.pk, site.pk, WEEKLY)
    desk, nurse = (Actor(role, role, role, capabilities_of(role)) for role in ("front-desk", "nurse"))
    return Practice(setup, desk, nurse, site, provider)


@pytest.fixture
def practice(db: None) -> Practice:
    return a_practice()


@pytest.fixture
def make_practice() -> Callable[[], Practice]:
    """For tests that bring a database of their own."""
    return a_practice


@pytest.fixture(autouse=True)
def friday_morning() -> Iterator[None]:
    """It is Friday, 20 November 2026, 8:00 in Chicago."""
    from liaison.kernel import clock

    with clock.at(NOW):
        yield
