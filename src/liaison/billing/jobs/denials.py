"""What denials do by themselves: an appeal that no payer answers comes back to a person."""

from datetime import datetime, time, timedelta

from django_tasks.base import task

from liaison.billing.books.days import zone
from liaison.billing.codes import reasons
from liaison.billing.models import Denial
from liaison.kernel import clock
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.jobs import every

LOOKED_BACK = timedelta(days=30)  # for a day on which nothing ran


@task()
def look_for_unanswered_appeals() -> int:
    """Tell the biller of claims whose appeal has waited as long as the rules say. Gives how many there are.

    Event billing.appeal_unanswered for each, at each look; the task is made once for an appeal.
    """
    midnight = datetime.combine(clock.today(zone()), time(), zone())
    latest = midnight - reasons().appeal_answer
    waiting = Denial.objects.filter(
        outcome=Denial.Outcome.APPEALED, outcome_at__lt=latest, outcome_at__gte=latest - LOOKED_BACK
    )
    rows = waiting.order_by("outcome_at").values_list("claim_id", "outcome_at")
    appealed = {claim_id: at.isoformat() for claim_id, at in rows if at}
    if appealed:
        with change(machine("billing"), "billing.claim") as this:
            for claim_id, at in appealed.items():
                this.event("billing.appeal_unanswered", claim=claim_id, appealed=at)
    return len(appealed)


every(21_600, look_for_unanswered_appeals)
