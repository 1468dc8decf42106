"""Revisions, audit entries and seals: the database itself refuses to change or remove one."""

import pytest
from django.db import DatabaseError, connection, models, transaction

from liaison.places.models import Organization
from liaison.record import seals
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.models import AuditEntry, AuditSeal, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def _something() -> None:
    with change(machine("test"), "places.manage") as this:
        this.save(Organization(kind="payer", name="Sunrise"))
    seals.seal()


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("model", [Revision, AuditEntry, AuditSeal])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_raw_sql_is_refused(model: type[models.Model], statement: str) -> None:
    assert model._base_manager.exists()
    column = model._meta.pk.column
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(model._meta.db_table, column, column))
    assert model._base_manager.exists()


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("model", [Revision, AuditEntry, AuditSeal])
def test_the_orm_is_refused(model: type[models.Model]) -> None:
    row = model._base_manager.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.delete()
