"""Queries built once, and rows read once a change: the ORM's own answers, for every value, on both databases."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from liaison.kernel import ids
from liaison.people.models import Patient
from liaison.places.models import Organization, Room, Site
from liaison.record import rows
from liaison.record.actor import machine
from liaison.record.change import Change, attempt, change
from liaison.record.models import OutboxEvent
from liaison.record.prepared import Prepared
from liaison.visits.models import Visit
from tests.support.practice import Practice, small_practice

SETUP = machine("test")


@pytest.fixture
def practice(db: None) -> Practice:
    return small_practice()


def told(row: object) -> dict[str, object]:
    """What a row says, without what Django keeps beside it."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_rows_are_as_the_orm_gives_them_with_their_neighbours_and_without(practice: Practice) -> None:
    visit = practice.booked()
    plain = Visit.objects.select_related("patient", "room", "site__organization").get(pk=visit.pk)
    asked = Prepared(lambda key: Visit.objects.select_related("patient", "room", "site__organization").filter(pk=key))
    for _ in range(2):
        found = asked.first(visit.pk)
        assert found is not None
        assert told(found) == told(plain)
        assert told(found.patient) == told(plain.patient)
        assert found.room is None
        assert told(found.site.organization) == told(plain.site.organization)
        assert (found._state.adding, found._state.db) == (False, "default")
    assert asked(ids.new_id()) == []


def test_each_kind_of_value_finds_its_place(practice: Practice) -> None:
    born = practice.booked().patient.birth_date
    happened = sorted(OutboxEvent.objects.values_list("at", flat=True))
    before, after = happened[0], happened[-1] + timedelta(seconds=1)
    of_name = Prepared(
        lambda born, name: Patient.objects.filter(birth_date=born, family=name).values_list("pk", flat=True)
    )
    between = Prepared(lambda since, until: OutboxEvent.objects.filter(at__gte=since, at__lt=until).values_list("seq"))
    numbered = Prepared(lambda least: OutboxEvent.objects.filter(seq__gte=least).values_list("seq", "name"))
    in_rooms = Prepared(lambda *names: Room.objects.filter(name__in=names).order_by("name"))
    patient = Patient.objects.get(birth_date=born)
    assert of_name(born, patient.family) == [patient.pk]
    assert of_name(born, "O'Nobody; --") == of_name(date(1900, 1, 1), patient.family) == []
    assert len(between(before, after)) == OutboxEvent.objects.count() > 0
    assert between(after, before) == []
    last = OutboxEvent.objects.order_by("-seq")[0]
    assert numbered(last.seq) == [(last.seq, last.name)]
    assert in_rooms("Room 2", "Room 1") == list(Room.objects.filter(name__in=["Room 1", "Room 2"]).order_by("name"))


def _beginning(name: str) -> "QuerySet[Patient]":
    return Patient.objects.filter(family__startswith=name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("build", "value"),
    [
        (lambda value: Patient.objects.filter(mrn=value), None),
        (lambda value: Patient.objects.filter(mrn__in=value), ["000001"]),
        (lambda value: Patient.objects.filter(active=value), True),
        (_beginning, "Br"),
        (lambda value: Patient.objects.prefetch_related("coverages").filter(mrn=value), "000001"),
        (lambda value: Patient.objects.only("mrn").filter(mrn=value), "000001"),
    ],
)
def test_what_cannot_be_built_once_is_refused_at_the_first_call(build: object, value: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        Prepared(build)(value)  # type: ignore[arg-type]  # a lambda of the table


@pytest.mark.usefixtures("own_database")
def test_a_lock_outside_a_transaction_is_refused_every_time() -> None:
    asked = Prepared(lambda key: Site.objects.select_for_update().filter(pk=key))
    with change(SETUP, "places.manage"):
        assert asked(ids.new_id()) == []
    with pytest.raises(TransactionManagementError):
        asked(ids.new_id())


def test_within_a_change_a_row_is_one_object_and_read_once(
    practice: Practice, django_assert_num_queries: object
) -> None:
    room = practice.rooms[0]
    with change(SETUP, "places.manage") as this:
        first = rows.locked(Room, room.pk, "site")
        with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture
            assert rows.locked(Room, room.pk, "site") is rows.row(Room, room.pk) is first
            assert first is not None
            assert rows.row(Site, room.site_id) is first.site
        first.name = "Room one"
        this.save(first, "name")
        assert rows.locked(Room, room.pk) is first
    again = rows.row(Room, room.pk)
    assert again is not first
    assert again is not None
    assert again.name == "Room one"


def rename_and_fail(this: Change, site_id: UUID) -> None:
    inside = rows.locked(Site, site_id)
    assert inside is not None
    inside.name = "Half done"
    this.save(inside, "name")
    this.event("places.half_done", site=site_id)
    raise ZeroDivisionError


def test_after_a_failed_attempt_rows_are_read_anew(practice: Practice) -> None:
    site = practice.rooms[0].site_id
    with change(SETUP, "places.manage") as this:
        kept = this.save(Organization(kind="payer", name="Kept"))
        with pytest.raises(ZeroDivisionError), attempt():
            rename_and_fail(this, site)
        fresh = rows.locked(Site, site)
        assert fresh is not None
        assert fresh.name != "Half done"
        assert rows.locked(Organization, kept.pk) is kept
        fresh.name = "Done"
        this.save(fresh, "name")
    assert Site.objects.get(pk=site).name == "Done"
    assert not OutboxEvent.objects.filter(name="places.half_done").exists()


def test_a_row_that_is_not_there_is_none_and_locks_belong_into_a_change(practice: Practice) -> None:
    assert rows.row(Room, ids.new_id()) is None
    with pytest.raises(RuntimeError, match="inside a change"):
        rows.locked(Room, practice.rooms[0].pk)
