"""A practice to register people at. Imports stand inside: this file may be read before Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from liaison.people.models import Patient
    from liaison.places.models import Organization
    from liaison.record.actor import Actor


@pytest.fixture
def member() -> Callable[[str], Actor]:
    """`member("nurse")`: somebody who may do what the role may."""
    from liaison.people.actors import capabilities_of
    from liaison.record.actor import Actor

    return lambda role: Actor(f"staff-{role}", role.title(), role, capabilities_of(role))


@pytest.fixture
def setup() -> Actor:
    from liaison.record.actor import machine

    return machine("test")


@pytest.fixture
def desk(member: Callable[[str], Actor]) -> Actor:
    return member("front-desk")


@pytest.fixture
def register(db: None, setup: Actor) -> Callable[..., Patient]:
    """`register("Whitfield", "Dana", phone=...)`: a patient, whoever else is registered."""
    from liaison.people import actions

    def make(family: str, given: str = "", born: str = "1955-03-04", sex: str = "female", **more: Any) -> Patient:
        return actions.register(
            setup, family=family, given=given, birth_date=born, sex=sex, despite_duplicates=True, **more
        )

    return make


@pytest.fixture
def payer(db: None, setup: Actor) -> Organization:
    from liaison.places.actions import add_organization

    return add_organization(setup, kind="payer", name="Acme Health", code="ACME1")


@pytest.fixture
def consent_forms(db: None, setup: Actor) -> None:
    from liaison.documents.actions import publish

    for key in ("treatment", "privacy-notice"):
        publish(setup, kind="consent", key=key, title=key.title(), body={"text": "I agree."})
