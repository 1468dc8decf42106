"""What becomes a task, and when it is done by itself because the thing was done elsewhere."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from liaison.billing.models import Claim
from liaison.orders.models import Order
from liaison.places.models import Room
from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared
from liaison.record.rows import row
from liaison.visits.models import Stage, Visit
from liaison.worklist import actions
from liaison.worklist.models import Task

WORKLIST = machine("worklist")
_OVER = (Stage.CANCELLED, Stage.NO_SHOW, Stage.LEFT)


def _settle(tasks: Iterable[UUID]) -> None:
    for task in tasks:
        actions.settle(WORKLIST, task)


def _open(**which: object) -> QuerySet[Task, UUID]:
    return Task.objects.filter(status__in=actions.OPEN, **which).values_list("pk", flat=True)


# The open tasks of a source, of a visit, and so on: asked at almost every event
_of_source = Prepared(lambda source: _open(source=source))
_of_sources = Prepared(lambda first, second: _open(source__in=(first, second)))
_of_visit = Prepared(lambda visit: _open(visit_id=visit))
_to_tell = Prepared(lambda visit: _open(visit_id=visit, kind="tell-provider"))
_to_clean = Prepared(
    lambda: Task.objects.filter(status__in=actions.OPEN, for_role="medical-assistant", kind="clean-room").values_list(
        "pk", "source"
    )
)
_of_claim = Prepared(lambda link: _open(for_role="biller", link=link))

_PARTIES = ("patient", "provider", "room")
_of_encounter = Prepared(lambda encounter: Visit.objects.select_related(*_PARTIES).filter(encounter_id=encounter))


@reaction("visits.alerted")
def tell_the_provider(event: OutboxEvent) -> None:
    visit = row(Visit, UUID(event.payload["visit"]), *_PARTIES)
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
    visit = _of_encounter.first(UUID(event.payload["encounter"]))
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
    _settle(_of_source(f"tell:{event.payload['visit']}:{event.payload['code']}"))


@reaction("visits.moved")
def visit_is_over(event: OutboxEvent) -> None:
    """What was to be done for a visit that is cancelled, missed or left is not needed any more."""
    to, visit = event.payload["to"], UUID(event.payload["visit"])
    if to in _OVER:
        for task in _of_visit(visit):
            actions.cancel(WORKLIST, task, "The visit is over")
    elif to == Stage.CODING:
        _settle(_to_tell(visit))


@reaction("places.room_state")
def room_changes(event: OutboxEvent) -> None:
    room_id, state = event.payload["room"], event.payload["state"]
    if state in (Room.State.READY, Room.State.CLOSED):
        _settle([task for task, source in _to_clean() if source.startswith(f"clean:{room_id}:")])
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


@reaction("orders.placed")
def order_is_placed(event: OutboxEvent) -> None:
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is None or order.status != Order.Status.ACTIVE:
        return
    _order_task(order, "collect" if order.needs_specimen else "do", f"order:{order.pk}")


def _order_task(order: Order, verb: str, source: str) -> None:
    visit = _of_encounter.first(order.encounter_id)
    actions.add(
        WORKLIST,
        source=source,
        kind=f"{verb}-order",
        title=f"{verb.capitalize()} {order.display}"[:200],
        detail=", ".join(filter(None, (order.patient.listed, visit.room.name if visit and visit.room else ""))),
        for_role="medical-assistant",
        patient_id=order.patient_id,
        visit_id=visit.pk if visit else None,
        site_id=visit.site_id if visit else None,
        priority={"stat": 5, "urgent": 15}.get(order.priority, 40),
        link="/orders/",
    )


@reaction("orders.collected")
def specimen_is_collected(event: OutboxEvent) -> None:
    """The tube is drawn: what remains is to run it, or to hand it to the laboratory."""
    _settle(_of_source(f"order:{event.payload['order']}"))
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is not None and order.status == Order.Status.ACTIVE:
        _order_task(order, "finish", f"finish:{order.pk}")


@reaction("orders.completed")
def order_is_done(event: OutboxEvent) -> None:
    order = event.payload["order"]
    _settle(_of_sources(f"order:{order}", f"finish:{order}"))


@reaction("orders.revoked")
def order_is_cancelled(event: OutboxEvent) -> None:
    order = event.payload["order"]
    for task in _of_sources(f"order:{order}", f"finish:{order}"):
        actions.cancel(WORKLIST, task, "The order was cancelled")


@reaction("billing.claim_denied", "billing.claim_rejected", "billing.claim_to_fix")
def claim_comes_back(event: OutboxEvent) -> None:
    """A claim that the payer denied or rejected, or that our own check holds back, is the biller's to work."""
    claim = Claim.objects.select_related("patient", "payer").filter(pk=event.payload["claim"]).first()
    if claim is None:
        return
    word = event.name.removeprefix("billing.claim_")
    actions.add(
        WORKLIST,
        source=f"{word}:{claim.pk}:{event.seq}",
        kind=f"claim-{word.replace('_', '-')}",
        title=_CLAIM_TITLES[word].format(number=claim.number, payer=claim.payer.name),
        detail=", ".join(filter(None, (claim.patient.listed, claim.answer or " ".join(claim.findings))))[:500],
        for_role="biller",
        patient_id=claim.patient_id,
        priority=30,
        link=f"/claims/{claim.pk}/",
    )


_CLAIM_TITLES = {
    "denied": "Work the denied claim {number} ({payer})",
    "rejected": "Mend the rejected claim {number} ({payer})",
    "to_fix": "Complete the claim {number} before it is sent",
}


@reaction("billing.claim_mended", "billing.claim_paid")
def claim_is_worked(event: OutboxEvent) -> None:
    """A claim that goes out again or is paid after all needs nobody any more."""
    _settle(_of_claim(f"/claims/{event.payload['claim']}/"))


@reaction("billing.exchange_held")
def exchange_is_held(event: OutboxEvent) -> None:
    actions.add(
        WORKLIST,
        source=f"held:{event.payload['exchange']}",
        kind="exchange-held",
        title="Look at a payer's file that could not be posted",
        for_role="biller",
        priority=20,
        link="/claims/",
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
