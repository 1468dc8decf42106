"""What billing does when something happens elsewhere."""

from uuid import UUID

from liaison.billing.actions import draft_charges
from liaison.billing.actions.denials import note_denials
from liaison.billing.models import Denial
from liaison.billing.reactions import books, claims, coverage  # noqa: F401  # followed by being imported
from liaison.chart.models import Encounter
from liaison.immunize.models import Immunization
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared

BILLING = machine("billing")


@reaction("visits.checked_out")
def draft(event: OutboxEvent) -> None:
    """Draft the charges of a visit whose patient has left."""
    if encounter := event.payload.get("encounter"):
        draft_charges(BILLING, UUID(encounter), visit_type=event.payload.get("visit_type", ""))


@reaction(
    "orders.completed",
    "immunize.recorded",
    "immunize.corrected",
    "immunize.removed",
    "supplies.goods_used",
    "supplies.goods_put_back",
)
def draft_what_came_late(event: OutboxEvent) -> None:
    """What is written down, corrected or found to be in error after checkout changes the charges of its visit."""
    encounter = event.payload.get("encounter")
    if encounter is None and "immunization" in event.payload:
        encounter = _given_in.first(UUID(event.payload["immunization"]))
    if encounter and _is_over(UUID(str(encounter))):
        draft_charges(BILLING, UUID(str(encounter)))


_given_in = Prepared(
    lambda dose: Immunization.objects.filter(pk=dose, here=True).values_list("encounter_id", flat=True)
)
_is_over = Prepared(
    lambda encounter: Encounter.objects.filter(
        pk=encounter, visit__isnull=False, status=Encounter.Status.FINISHED, provider__isnull=False, site__isnull=False
    ).values_list("pk", flat=True)
)


@reaction("billing.claim_mended")
def denials_wait(event: OutboxEvent) -> None:
    """The denials of a claim that goes out again wait for the payer."""
    with change(BILLING, "billing.claim") as this:
        note_denials(this, UUID(event.payload["claim"]), Denial.Outcome.SENT_AGAIN)
