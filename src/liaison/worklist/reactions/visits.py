"""What visits, measurements and rooms ask of people; and what failed in the background."""

from uuid import UUID

from liaison.places.models import Room
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared
from liaison.record.rows import row
from liaison.visits.models import Stage, Visit
from liaison.worklist import actions
from liaison.worklist.models import Task
from liaison.worklist.reactions.common import PARTIES, WORKLIST, of_encounter, of_source, open_tasks, settle

_of_visit = Prepared(lambda visit: open_tasks(visit_id=visit))
_to_tell = Prepared(lambda visit: open_tasks(visit_id=visit, kind="tell-provider"))
_to_clean = Prepared(
    lambda: Task.objects.filter(status__in=actions.OPEN, for_role="medical-assistant", kind="clean-room").values_list(
        "pk", "source"
    )
)
_OVER = (Stage.CANCELLED, Stage.NO_SHOW, Stage.LEFT)


@reaction("visits.alerted")
def tell_the_provider(event: OutboxEvent) -> None:
    visit = row(Visit, UUID(event.payload["visit"]), *PARTIES)
    code = event.payload["code"]
    alert = next((a for a in visit.alerts if a["code"] == code), None) if visit else None
    if visit is None or alert is None or alert.get("told_at") or not alert.get("must_tell"):
        return
    provider = visit.provider.short if visit.provider else "the provider"
    actions.add(
        WORKLIST,
        source=f"tell:{visit.pk}:{code}",
        kind="tell-provider",
        title=f"Tell {provider} about {alert['text']}",
        detail=", ".join(filter(None, (visit.patient.listed, visit.room.name if visit.room else ""))),
        for_role="medical-assistant",
        patient_id=visit.patient_id,
        visit_id=visit.pk,
        site_id=visit.site_id,
        priority=5 if alert.get("critical") else 10,
        link=f"/visits/{visit.pk}/",
        again=True,
    )


@reaction("chart.abnormal_vitals")
def tell_of_vitals_outside_rooming(event: OutboxEvent) -> None:
    """Measurements taken on the chart's page, past the visit's steps, have no alert: they are told all the same."""
    visit = of_encounter.first(UUID(event.payload["encounter"]))
    if visit is None or visit.alerts:
        return
    actions.add(
        WORKLIST,
        source=f"tell:{visit.pk}:{event.payload.get('observation', event.seq)}",
        kind="tell-provider",
        title=f"Tell {visit.provider.short if visit.provider else 'the provider'} about abnormal vital signs",
        detail=visit.patient.listed,
        for_role="medical-assistant",
        patient_id=visit.patient_id,
        visit_id=visit.pk,
        site_id=visit.site_id,
        priority=10,
        link=f"/visits/{visit.pk}/",
    )


@reaction("visits.told")
def provider_is_told(event: OutboxEvent) -> None:
    settle(of_source(f"tell:{event.payload['visit']}:{event.payload['code']}"))


@reaction("visits.moved")
def visit_is_over(event: OutboxEvent) -> None:
    """What was to be done for a visit that is cancelled, missed or left is not needed any more."""
    to, visit = event.payload["to"], UUID(event.payload["visit"])
    if to in _OVER:
        for task in _of_visit(visit):
            actions.cancel(WORKLIST, task, "The visit is over")
    elif to == Stage.CODING:
        settle(_to_tell(visit))


@reaction("places.room_state")
def room_changes(event: OutboxEvent) -> None:
    room_id, state = event.payload["room"], event.payload["state"]
    if state in (Room.State.READY, Room.State.CLOSED):
        settle([task for task, source in _to_clean() if source.startswith(f"clean:{room_id}:")])
    elif state == Room.State.DIRTY:
        room = row(Room, UUID(room_id))
        assert room is not None, "rooms are closed, never deleted"
        actions.add(
            WORKLIST,
            source=f"clean:{room_id}:{event.seq}",
            kind="clean-room",
            title=f"Clean {room.name[0].lower()}{room.name[1:]}",
            for_role="medical-assistant",
            site_id=room.site_id,
            priority=30,
            link="/",
        )


@reaction("record.reaction_failed")
def a_reaction_failed(event: OutboxEvent) -> None:
    """Nothing on a clinical path is swallowed: what could not be followed up by the machine is a person's task."""
    actions.add(
        WORKLIST,
        source=f"failed:{event.payload['seq']}",
        kind="reaction-failed",
        title=f"Follow up by hand: {event.payload['event']} (event {event.payload['seq']})",
        for_role="office-manager",
        priority=10,
    )
