"""What is next, for whom: tasks come and go by themselves with what happens."""

from zoneinfo import ZoneInfo

import orjson
import pytest

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.places.actions import set_room_state
from liaison.places.models import Room
from liaison.record import outbox
from liaison.record.actor import Actor
from liaison.record.models import OutboxEvent, Revision
from liaison.record.promises import broken
from liaison.visits import actions as visits
from liaison.worklist import actions, queries
from liaison.worklist.models import Task
from tests.support.practice import Practice, bp


def open_titles(kind: str) -> list[str]:
    outbox.deliver()
    return list(Task.objects.filter(kind=kind, status__in=actions.OPEN).values_list("title", flat=True))


def a_task(practice: Practice, source: str = "x:1", **more: object) -> Task:
    facts = {"kind": "call", "title": "Call back", "for_role": "medical-assistant", "site_id": practice.site.pk, **more}
    task = actions.add(practice.setup, source=source, **facts)
    assert task is not None
    return task


def test_the_same_source_makes_one_task(practice: Practice) -> None:
    a_task(practice)
    assert actions.add(practice.setup, source="x:1", kind="call", title="Other", for_role="biller") is None
    assert Task.objects.get().title == "Call back"


def test_a_task_is_taken_by_one_and_done_once(practice: Practice) -> None:
    task = a_task(practice)
    actions.take(practice.ma, task.pk)
    with pytest.raises(Conflict, match="in hand"):
        actions.take(practice.ma2, task.pk)
    assert actions.finish(practice.ma, task.pk).status == "completed"
    with pytest.raises(Conflict, match="done already"):
        actions.finish(practice.ma, task.pk)
    with pytest.raises(NotFound):
        actions.finish(practice.ma, practice.site.pk)


def test_a_task_is_cancelled_with_a_reason(practice: Practice) -> None:
    task = a_task(practice)
    with pytest.raises(Invalid, match="not needed"):
        actions.cancel(practice.ma, task.pk, "")
    assert actions.cancel(practice.ma, task.pk, "Patient came in").status == "cancelled"
    with pytest.raises(Forbidden):
        actions.take(Actor("s", "System", "system-reader", frozenset({"worklist.read"})), task.pk)


def test_an_alert_is_a_task_until_the_provider_is_told(practice: Practice) -> None:
    visit = practice.rooming()
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Headache"})
    vitals = {"readings": [bp(192, 124), {"kind": "pulse", "value": 80}]}
    visits.do_step(practice.ma, visit.pk, "vitals", vitals)
    assert open_titles("tell-provider") == ["Tell Dr Osei about BP 192/124, critically high"]
    visits.tell_provider(practice.ma, visit.pk, "bp")
    assert open_titles("tell-provider") == []
    visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(196, 126)]})
    assert open_titles("tell-provider") == ["Tell Dr Osei about BP 196/126, critically high, repeated"]
    assert Task.objects.filter(kind="tell-provider").count() == 1


def test_a_room_that_is_left_is_to_be_cleaned(practice: Practice) -> None:
    practice.examined()
    assert open_titles("clean-room") == ["Clean room 1"]
    set_room_state(practice.ma, practice.rooms[0].pk, "ready")
    assert open_titles("clean-room") == []


def test_finishing_the_cleaning_makes_the_room_ready(practice: Practice) -> None:
    practice.examined()
    outbox.deliver()
    actions.finish(practice.ma, Task.objects.get(kind="clean-room").pk)
    assert Room.objects.get(pk=practice.rooms[0].pk).state == Room.State.READY
    assert open_titles("clean-room") == []


def test_finishing_the_task_of_an_alert_notes_that_the_provider_was_told(practice: Practice) -> None:
    visit = practice.rooming()
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Headache"})
    visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(192, 124)]})
    outbox.deliver()
    actions.finish(practice.ma2, Task.objects.get(kind="tell-provider").pk)
    visit.refresh_from_db()
    assert visit.alerts[0]["told_by"] == "Leo Ruiz, CMA"


def test_orders_are_tasks_until_drawn_and_done(practice: Practice) -> None:
    practice.examined(orders=["a1c", "ekg"])
    assert open_titles("collect-order") == ["Collect Hemoglobin A1c"]
    assert open_titles("do-order") == ["Do EKG"]
    a1c = Order.objects.get(key="a1c")
    orders.collect(practice.ma, a1c.pk)
    assert (open_titles("collect-order"), open_titles("finish-order")) == ([], ["Finish Hemoglobin A1c"])
    orders.complete(practice.ma, a1c.pk)
    orders.revoke(practice.provider, Order.objects.get(key="ekg").pk, "Done last week")
    assert (open_titles("finish-order"), open_titles("do-order")) == ([], [])


def test_what_was_open_for_a_patient_who_left_is_not_needed(practice: Practice) -> None:
    visit = practice.rooming()
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Headache"})
    visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(192, 124)]})
    outbox.deliver()
    visits.left(practice.ma, visit.pk, "Went to the hospital")
    assert open_titles("tell-provider") == []


def test_an_event_that_could_not_be_followed_is_a_persons_task(practice: Practice) -> None:
    event = OutboxEvent.objects.create(
        name="record.reaction_failed", at=clock.now(), change_id=practice.site.pk, payload={"event": "x.y", "seq": 7}
    )
    assert open_titles("reaction-failed") == ["Follow up by hand: x.y (event 7)"]
    OutboxEvent.objects.filter(pk=event.pk).update(handled_at=None)
    assert len(open_titles("reaction-failed")) == 1


def test_next_for_you_is_the_work_of_your_role_most_pressing_first(practice: Practice) -> None:
    alarmed = practice.rooming("9:00", 0)
    visits.do_step(practice.ma, alarmed.pk, "reason", {"text": "Headache"})
    visits.do_step(practice.ma, alarmed.pk, "vitals", {"readings": [bp(192, 124), {"kind": "pulse", "value": 80}]})
    practice.arrived("9:20", practice.patient("Okafor", "Theo"))
    set_room_state(practice.ma, practice.rooms[2].pk, "dirty")
    a_task(practice, "bill:1", for_role="biller", title="Call the payer")
    outbox.deliver()
    with clock.at(practice.at("9:31")):
        mine = queries.next_for(practice.ma, practice.site.pk)
        desks = queries.next_for(practice.desk, practice.site.pk)
        billers = queries.next_for(practice.biller, practice.site.pk)
    assert [line.title for line in mine] == [
        "Tell Dr Osei about BP 192/124, critically high",
        "Room in 2: Okafor, Theo",
        "Clean room 3",
    ]
    assert mine[0].data == {"code": "bp"}
    assert mine[1].data == {"room": str(practice.rooms[1].pk)}
    assert [line.title for line in desks] == []
    assert [line.title for line in billers] == ["Call the payer"]


def test_requests_are_next_for_the_desk_and_coding_for_the_biller(practice: Practice) -> None:
    practice.requested(practice.patient("Okafor", "Theo"), priority="urgent")
    visit = practice.examined()
    with clock.at(practice.at("10:00")):
        visits.check_out(practice.desk, visit.pk)
        desk = queries.next_for(practice.desk, practice.site.pk)
        biller = queries.next_for(practice.biller, practice.site.pk)
    assert [line.title for line in desk] == ["Book: Okafor, Theo"]
    assert [line.title for line in biller] == ["Check charges: Brandt, Otto"]


def test_a_task_is_a_fhir_task(practice: Practice) -> None:
    patient = practice.patient()
    task = a_task(practice, patient_id=patient.pk, priority=5)
    actions.take(practice.ma, task.pk)
    body = orjson.loads(bytes(Revision.objects.get(resource_type="Task", version=2).body))
    assert (body["status"], body["intent"], body["priority"]) == ("in-progress", "order", "stat")
    assert body["for"] == {"reference": f"Patient/{patient.pk}"}
    assert body["owner"] == {"reference": f"Practitioner/{practice.ma.id}"}


def test_a_task_due_by_the_clocks_of_a_site_is_kept_as_it_reads_back(practice: Practice) -> None:
    due = practice.at("17:00").astimezone(ZoneInfo("America/Chicago"))
    a_task(practice, "due:1", due_at=due)
    assert Task.objects.get(source="due:1").due_at == due
    assert broken() == {}
