"""Claims follow the rules: what waits is looked at again when another edition is in force."""

from liaison.billing.actions.claim_rules import judge_waiting
from liaison.billing.rules import Kind
from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction


@reaction("documents.published")
def look_again(event: OutboxEvent) -> None:
    """Look again at every claim that has not gone."""
    if event.payload.get("kind") == Kind.CLAIM_RULES:
        judge_waiting(machine("billing"))
