"""What must always hold of the registry's messages."""

import hashlib
from collections.abc import Iterable

from liaison.immunize.models import Immunization, Source
from liaison.record.models import OutboxEvent
from liaison.record.promises import promise
from liaison.registry import queries
from liaison.registry.models import Message, Sharing


@promise("the registry is told of every dose given whose patient shares")
def every_dose_is_told() -> Iterable[str]:
    connection = queries.connection()
    if connection is None:
        return
    given = Immunization.objects.filter(source=Source.GIVEN, status="completed", recorded_at__gte=connection.since)
    told = Message.objects.filter(kind=Message.Kind.UPDATE).exclude(state=Message.State.SUPERSEDED)
    missing = given.exclude(pk__in=told.values("immunization_id"))
    silent = Sharing.objects.filter(shares=False)
    if connection.ask_first:
        missing = missing.filter(patient_id__in=Sharing.objects.filter(shares=True).values("patient_id"))
    else:
        missing = missing.exclude(patient_id__in=silent.values("patient_id"))
    heard = {
        event.payload.get("immunization")
        for event in OutboxEvent.objects.filter(handled_at=None, name__startswith="immunize.").only("payload")
    }
    for pk in missing.values_list("pk", flat=True)[:50]:
        if str(pk) not in heard:
            yield f"Immunization/{pk} was given, and no message tells the registry."


@promise("what the registry is sent stays as it was sent")
def bytes_unchanged() -> Iterable[str]:
    for message in Message.objects.only("body", "sha256", "control_id").order_by("-number")[:2000]:
        if hashlib.sha256(bytes(message.body)).hexdigest() != message.sha256:
            yield f"Message {message.control_id} is not what its hash says."


@promise("an accepted message has its answer")
def accepted_means_answered() -> Iterable[str]:
    accepted = Message.objects.filter(state__in=(Message.State.ACCEPTED, Message.State.WARNINGS), answer=None)
    for control in accepted.values_list("control_id", flat=True)[:20]:
        yield f"Message {control} is accepted, and nobody kept the answer."
