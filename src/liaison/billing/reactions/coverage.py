"""What becomes of coverage when something happens elsewhere: booked, corrected, charged, void, estimated."""

from uuid import UUID

from django.utils import timezone

from liaison.billing import realtime
from liaison.billing.actions import eligibility
from liaison.billing.actions.authorized_uses import count_uses
from liaison.billing.actions.estimates import ask_for_estimate
from liaison.kernel import clock
from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction

_BILLING = machine("billing")


@reaction("schedule.booked")
def ask_at_booking(event: OutboxEvent) -> None:
    """Plan to ask the payer about who was booked; the worker asks."""
    if realtime.is_set_up():
        today = clock.today(timezone.get_default_timezone())
        eligibility.check_at_booking(_BILLING, UUID(event.payload["appointment"]), today)


@reaction("schedule.booked")
def estimate_is_due(event: OutboxEvent) -> None:
    """Who is booked without insurance gets a good-faith estimate within one or three business days."""
    ask_for_estimate(_BILLING, UUID(event.payload["appointment"]))


@reaction("people.coverage_changed")
def look_again_at_the_answer(event: OutboxEvent) -> None:
    """What differed may agree now."""
    eligibility.judge_again(_BILLING, coverage=UUID(event.payload["coverage"]))


@reaction("people.changed")
def look_again_at_the_answers(event: OutboxEvent) -> None:
    eligibility.judge_again(_BILLING, patient=UUID(event.payload["patient"]))


@reaction("billing.authorization_decided")
def look_again_at_what_was_missing(event: OutboxEvent) -> None:
    """An authorization that the payer wanted may be there now."""
    eligibility.judge_again(_BILLING, coverage=UUID(event.payload["coverage"]))


@reaction("billing.charges_drafted", "billing.charges_changed", "billing.charges_posted", "billing.claim_mended")
def count_what_is_used(event: OutboxEvent) -> None:
    """Charges use authorizations and referrals, and give back what they used when they are void."""
    count_uses(_BILLING, UUID(event.payload["encounter"]))
