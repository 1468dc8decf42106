"""Instalments that were missed, and plans that are over."""

from liaison.billing.models import PaymentPlan
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, open_tasks, settle


@reaction("billing.instalment_missed")
def instalment_is_missed(event: OutboxEvent) -> None:
    """The biller asks the patient, once for each further instalment."""
    plan = PaymentPlan.objects.select_related("patient").filter(pk=event.payload["plan"]).first()
    if plan is None or plan.status != PaymentPlan.Status.ACTIVE:
        return
    missed = int(event.payload["missed"])
    actions.add(
        WORKLIST,
        source=f"plan:{plan.pk}:{missed}",
        kind="instalment-missed",
        title=f"Ask after {missed} missed instalment{'s' if missed != 1 else ''}",
        detail=f"{plan.patient.listed}, MRN {plan.patient.mrn}",
        for_role="biller",
        patient_id=plan.patient_id,
        priority=45,
        link=f"/patients/{plan.patient_id}/account/settle/",
    )


@reaction("billing.plan_ended")
def plan_is_over(event: OutboxEvent) -> None:
    """Nobody needs to ask any more."""
    settle(open_tasks(source__startswith=f"plan:{event.payload['plan']}:"))
