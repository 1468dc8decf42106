"""What was not taken in: kept as it came, with the reason, until a person mends, replays or dismisses it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from liaison.interop.importing.incoming import Incoming
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record import audit
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.models import Intake

KIND = "fhir:"
WAITING, REPLAYED, DISMISSED = "waiting", "replayed", "dismissed"
_AT_ONCE = 200


def keep(items: Iterable[tuple[Incoming, str]]) -> None:
    """Keep items with their reasons; what is kept already, byte for byte, stays one row."""
    rows = [
        Intake(
            source=item.source[:200],
            kind=f"{KIND}{item.type or 'file'}"[:60],
            reference=item.reference[:200],
            received_at=clock.now(),
            sha256=item.sha256,
            body=item.bytes,
            reason=reason,
        )
        for item, reason in items
    ]
    for start in range(0, len(rows), _AT_ONCE):
        Intake.objects.bulk_create(rows[start : start + _AT_ONCE], ignore_conflicts=True)


def waiting(actor: Actor) -> "QuerySet[Intake]":
    """What waits for a person, oldest first, without the bytes. Raises Forbidden."""
    actor.require("record.intake")
    return Intake.objects.filter(state=WAITING).defer("body").order_by("received_at", "id")


def groups(actor: Actor) -> list[dict[str, object]]:
    """What waits, by kind and reason, most first: {kind, reason, count, newest}."""
    actor.require("record.intake")
    rows = Intake.objects.filter(state=WAITING).values("kind", "reason")
    counted = rows.annotate(count=Count("id"), newest=Max("received_at")).order_by("-count", "kind", "reason")
    return [dict(row) for row in counted]


def intake_for(actor: Actor, intake_id: UUID) -> Intake:
    """One piece of input with its bytes; that somebody looked is recorded. Raises Forbidden, NotFound."""
    actor.require("record.intake")
    row = Intake.objects.filter(pk=intake_id).first()
    if row is None:
        raise NotFound("no-intake", "There is no such input. List what waits with: liaison intake list")
    audit.looked(actor, None, [f"Intake/{row.pk}"])
    return row


def dismiss(actor: Actor, rows: "QuerySet[Intake]", reason: str) -> int:
    """Say of input that waits that it will not be taken in; it stays on file. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is dismissed: --reason “…”.", "reason")
    with change(actor, "record.intake", reason=reason.strip()):
        return rows.filter(state=WAITING).update(state=DISMISSED)


def mark_replayed(actor: Actor, row: Intake) -> None:
    """Note that a piece of input is in the record now. Raises Conflict when somebody dealt with it meanwhile."""
    with change(actor, "record.intake", reason="replayed"):
        if not Intake.objects.filter(pk=row.pk, state=WAITING).update(state=REPLAYED):
            raise Conflict("dealt-with", "Somebody else has dealt with this input.")
