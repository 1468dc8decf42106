"""A small clinic that has played a morning, and a FHIR client of it, one for each file of tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.interop.fhir.client import Client
from tests.support import databases


def a_morning() -> None:
    """A clinic of a dozen people in which a few visits were played from the call to the paid claim."""
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic
    from liaison.rehearsal.play import Pace, rehearse

    clinic.set_up(machine("test"), patients=12)
    rehearse(8, 1, Pace())


@pytest.fixture(scope="module")
def fhir_clinic(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.own_database(tmp_path_factory.mktemp("fhir"), a_morning):
        yield


@pytest.fixture(scope="module")
def client_as(fhir_clinic: None) -> Callable[..., Client]:
    """`client_as("biller")`: a connected system under a role."""
    from liaison.interop import clients
    from liaison.record.actor import machine

    known: dict[str, str] = {}

    def make(role: str = "system-reader", where: str = "10.0.0.9") -> Client:
        if role not in known:
            clients.add(machine("test"), role, role)
            known[role] = clients.token(machine("test"), role)
        return Client(known[role], where)

    return make


@pytest.fixture(scope="module")
def reader(client_as: Callable[..., Client]) -> Client:
    """A system that may read all records."""
    return client_as()
