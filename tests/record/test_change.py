"""`record.change`, the one door: all of it or nothing, one version a change, nothing past it."""

import contextlib
from datetime import date
from typing import Any

import orjson
import pytest
from django.db.transaction import TransactionManagementError

from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.actors import capabilities_of
from liaison.people.models import GlassBreak, NameKey, NameVariant, Patient
from liaison.places.models import Organization
from liaison.record import promises
from liaison.record.actor import Actor, machine
from liaison.record.change import attempt, change, current
from liaison.record.guard import WriteOutsideChange
from liaison.record.models import AuditEntry, OutboxEvent, Revision

pytestmark = pytest.mark.django_db

MACHINE = machine("test", "cli")
DESK = Actor("desk-1", "Rosa Kim", "front-desk", capabilities_of("front-desk"), "staff", "10.0.0.7")


class Snag(Exception):
    """What goes wrong in the middle of an action."""


def payer(name: str = "Sunrise", **more: Any) -> Organization:
    return Organization(kind="payer", name=name, **more)


def stored() -> tuple[int, ...]:
    return tuple(model._base_manager.count() for model in (Organization, Revision, AuditEntry, OutboxEvent))


def versions(row: Organization) -> list[int]:
    return list(Revision.objects.filter(resource_id=row.pk).order_by("version").values_list("version", flat=True))


def test_a_change_leaves_row_revision_audit_entry_and_event_together() -> None:
    with change(MACHINE, "places.manage", reason="A new contract") as this:
        row = this.save(payer())
        this.event("places.organization_added", organization=row.pk)

    revision = Revision.objects.get(resource_id=row.pk)
    said = orjson.loads(bytes(revision.body))
    assert (said["resourceType"], said["id"], said["name"]) == ("Organization", str(row.pk), "Sunrise")
    assert said["meta"]["versionId"] == "1"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.write, entry.reason) == ("places.manage", True, "A new contract")
    assert (entry.actor_id, entry.kind, entry.where) == ("machine:test", "machine", "cli")
    assert entry.entities == [f"Organization/{row.pk}/_history/1"]
    event = OutboxEvent.objects.get()
    assert event.payload == {"organization": str(row.pk)}
    assert {revision.change_id, entry.change_id, event.change_id} == {this.id}


def half_done(row: Organization, *, nested: bool = False) -> None:
    """An action that gets stuck after it has written."""
    with change(MACHINE, "places.rooms") as this:
        if nested:
            inner_change(row)
        else:
            this.save(row)
        this.save(payer("Also wrong"))
        this.event("places.half_done", organization=row.pk)
        raise Snag


def test_whatever_goes_wrong_rolls_all_of_it_back() -> None:
    row = payer()
    with pytest.raises(Snag):
        half_done(row)
    assert stored() == (0, 0, 0, 0)
    assert current() is None


def test_the_row_that_was_rolled_back_can_be_saved_again() -> None:
    row = payer()
    for time in (1, 2):
        try:
            with change(MACHINE, "places.manage") as this:
                this.save(row)
                if time == 1:
                    raise Snag
        except Snag:
            assert row.version == 0
    assert versions(row) == [1]


def test_a_failing_revision_takes_the_row_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    row = payer()
    row.name = "\ud800"  # half a character: no JSON can hold it
    with pytest.raises(UnicodeEncodeError), change(MACHINE, "places.manage") as this:
        this.save(row)
    assert stored() == (0, 0, 0, 0)


def test_many_rows_are_saved_at_once_or_none_of_them() -> None:
    with change(MACHINE, "places.manage") as this:
        rows = this.save_new([payer(f"Payer {number}") for number in range(100)])
    for row in rows:
        row.name = "Renamed"
    with change(MACHINE, "places.manage") as this:
        this.save_all(rows, "name")
    assert [versions(row) for row in rows] == [[1, 2]] * 100
    stale = Organization.objects.get(pk=rows[0].pk)
    with change(MACHINE, "places.manage") as this:
        this.save(rows[0], "name")
    stale.name = rows[1].name = "Lost"
    with pytest.raises(Conflict), change(MACHINE, "places.manage") as this:
        this.save_all([rows[1], stale], "name")
    assert (rows[1].version, stale.version) == (2, 2)
    assert not Organization.objects.filter(name="Lost").exists()


def test_a_reason_that_no_database_takes_is_refused_in_words() -> None:
    before = stored()
    with pytest.raises(Invalid, match="letters and figures"), change(MACHINE, "people.write", reason="a\x00b") as this:
        this.save(payer())
    assert stored() == before


def test_who_lacks_the_capability_changes_nothing_and_is_told_whom_to_ask() -> None:
    with pytest.raises(Forbidden, match="office manager"), change(DESK, "places.manage"):
        pytest.fail("the block must not run")
    assert stored() == (0, 0, 0, 0)


def test_past_the_door_nothing_is_written() -> None:
    with change(MACHINE, "places.manage") as this:
        row = this.save(payer())
    past: list[Any] = [
        lambda: payer("Other").save(),
        lambda: row.save(),
        lambda: row.delete(),
        lambda: Organization.objects.create(kind="payer", name="Other"),
        lambda: Organization.objects.get_or_create(kind="payer", name="Other"),
        lambda: Organization.objects.update_or_create(kind="payer", name="Other"),
        lambda: Organization.objects.filter(pk=row.pk).update(name="Other"),
        lambda: Organization.objects.filter(pk=row.pk).delete(),
        lambda: Organization.objects.bulk_create([payer("Other")]),
        lambda: Organization.objects.bulk_update([row], ["name"]),
        lambda: row.sites.update(name="Other"),
    ]
    for write in past:
        with pytest.raises(WriteOutsideChange):
            write()
    # A change that is open is no leave to write beside it
    with change(MACHINE, "places.manage"):
        for write in past:
            with pytest.raises(WriteOutsideChange):
                write()
    assert Organization.objects.get().name == "Sunrise"


def test_saved_twice_in_a_change_is_one_new_version() -> None:
    with change(MACHINE, "places.manage") as this:
        row = this.save(payer())
    with change(MACHINE, "places.manage") as this:
        row.name = "Sunrise Health"
        this.save(row, "name")
        row.city = "Aurora"
        this.save(row)
    row.refresh_from_db()
    assert (row.version, row.name, row.city) == (2, "Sunrise Health", "Aurora")
    assert versions(row) == [1, 2]
    assert orjson.loads(bytes(Revision.objects.get(version=2).body))["address"][0]["city"] == "Aurora"


def test_only_the_named_columns_are_written() -> None:
    with change(MACHINE, "places.manage") as this:
        row = this.save(payer())
    row.name, row.city = "Sunrise Health", "Aurora"
    with change(MACHINE, "places.manage") as this:
        this.save(row, "name")
    assert Organization.objects.values_list("name", "city").get() == ("Sunrise Health", "")


def test_a_row_that_changed_meanwhile_is_a_conflict_and_stays_as_it_is() -> None:
    with change(MACHINE, "places.manage") as this:
        this.save(payer())
    mine, theirs = Organization.objects.get(), Organization.objects.get()
    with change(MACHINE, "places.manage") as this:
        theirs.name = "Theirs"
        this.save(theirs)
    mine.name = "Mine"
    with pytest.raises(Conflict, match="Look at it again"), change(MACHINE, "places.manage") as this:
        this.save(mine)
    assert Organization.objects.get().name == "Theirs"
    assert mine.version == 1


def inner_change(row: Organization, **facts: str) -> None:
    """An action of another room, called inside a change."""
    with change(MACHINE, "places.rooms", reason="inner") as this:
        for name, value in facts.items():
            setattr(row, name, value)
        this.save(row)
        this.event("places.inner", organization=row.pk)


def test_a_change_inside_a_change_joins_it() -> None:
    with change(MACHINE, "places.manage", reason="outer") as this:
        row = this.save(payer())
        inner_change(row, city="Aurora")
        row.state = "IL"
        this.save(row)
        this.event("places.outer", organization=row.pk)
    row.refresh_from_db()
    assert (row.version, row.city, row.state) == (1, "Aurora", "IL")
    assert versions(row) == [1]
    entries = list(AuditEntry.objects.order_by("seq"))
    assert [(e.action, e.reason) for e in entries] == [("places.rooms", "inner"), ("places.manage", "outer")]
    assert len({e.change_id for e in entries}) == 1
    assert list(OutboxEvent.objects.order_by("seq").values_list("name", flat=True)) == ["places.inner", "places.outer"]


def test_a_change_inside_a_change_asks_for_its_own_capability() -> None:
    with change(DESK, "people.write"), pytest.raises(Forbidden), change(DESK, "places.manage"):
        pytest.fail("the block must not run")


def test_an_attempt_that_fails_takes_only_itself_back() -> None:
    with change(MACHINE, "places.manage") as this:
        row = this.save(payer())
        row.name = "Wrong"
        with pytest.raises(Snag), attempt():
            half_done(row)
        assert current() is this
    assert Organization.objects.get().name == row.name == "Sunrise"
    assert orjson.loads(bytes(Revision.objects.get().body))["name"] == "Sunrise"
    assert AuditEntry.objects.get().action == "places.manage"
    assert not OutboxEvent.objects.exists()
    assert not list(promises.revisions_match_rows())


def goes_on(row: Organization) -> None:
    """An action that does not care whether another one failed."""
    with change(MACHINE, "places.manage") as this:
        this.save(row)
        with contextlib.suppress(Snag):
            half_done(row)
        this.save(payer("Another"))


def test_an_inner_change_that_fails_outside_an_attempt_takes_all_back() -> None:
    with pytest.raises(TransactionManagementError):
        goes_on(payer())
    assert stored() == (0, 0, 0, 0)


def test_the_outer_failure_takes_the_inner_change_back() -> None:
    row = payer()
    with pytest.raises(Snag):
        half_done(row, nested=True)
    assert stored() == (0, 0, 0, 0)
    assert row.version == 0


def test_a_row_read_again_inside_the_change_replaces_the_first_reading() -> None:
    with change(MACHINE, "places.manage") as this:
        first = this.save(payer())
        again = Organization.objects.get()
        inner_change(again, city="Aurora")
        # Saving the first reading now would take the city back in silence
        with pytest.raises(RuntimeError, match="share one"):
            this.save(first)
    assert Organization.objects.get().city == "Aurora"
    assert not list(promises.revisions_match_rows())


def test_many_new_rows_at_once() -> None:
    with change(MACHINE, "places.manage") as this:
        rows = this.save_new(payer(f"Payer {n}") for n in range(30))
        assert this.save_new([]) == []
    assert Revision.objects.filter(version=1).count() == Organization.objects.filter(version=1).count() == 30
    assert len(AuditEntry.objects.get().entities) == len(rows)


def test_what_exists_may_be_kept_but_never_a_recorded_row() -> None:
    for _ in range(2):
        with change(MACHINE, "people.write") as this:
            this.save_new([NameVariant(variant="brant", word="brandt")], keep_existing=True)
    assert NameVariant.objects.count() == 1
    with pytest.raises(TypeError), change(MACHINE, "places.manage") as this:
        this.save_new([payer()], keep_existing=True)


def test_facts_are_never_deleted_but_keys_and_holds_may_be() -> None:
    patient = patient_of(MACHINE)
    with change(MACHINE, "people.write") as this:
        key = this.save(NameKey(patient=patient, word="brandt"))
    with change(MACHINE, "people.write") as this:
        this.remove(key)
    assert not NameKey.objects.exists()
    with pytest.raises(TypeError, match="never deleted"), change(MACHINE, "people.write") as this:
        this.remove(patient)


def patient_of(actor: Actor) -> Patient:
    with change(actor, "people.write") as this:
        return this.save(Patient(mrn="000001", family="Brandt", birth_date=date(1955, 3, 4), sex="male"))


def test_the_audit_entry_names_the_patient_whose_chart_it_was() -> None:
    patient = patient_of(DESK)
    with change(MACHINE, "people.break_glass", reason="Emergency") as this:
        this.save(GlassBreak(patient=patient, actor_id="x", reason="Emergency", until=this.at))
    with change(MACHINE, "places.manage", patient_id=patient.pk):
        pass
    assert list(AuditEntry.objects.values_list("patient_id", flat=True)) == [patient.pk] * 3
    assert AuditEntry.objects.filter(actor_name="Rosa Kim", role="front-desk", where="10.0.0.7").count() == 1


def test_an_event_holds_ids_and_codes_only() -> None:
    with change(MACHINE, "places.manage") as this:
        this.event("places.tested", count=3, nothing=None, change=this.id)
    assert OutboxEvent.objects.get().payload == {"count": 3, "change": str(this.id)}
