"""Coverage that has a problem, authorizations that run out, estimates that are due."""

from uuid import UUID

from liaison.billing.models import EligibilityCheck
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_source, settle

_TITLES = {
    "inactive": "Coverage not active: ask the patient for another",
    "refused": "The payer refused the question about coverage",
    "failed": "Coverage could not be checked",
    "differs": "Coverage differs from what the payer has",
    "authorization": "Get an authorization",
    "referral": "Get a referral",
}


@reaction("billing.coverage_checked")
def coverage_is_checked(event: OutboxEvent) -> None:
    """A problem is the front desk's; an answer without one settles what was open."""
    source, problem = f"coverage:{event.payload['coverage']}", event.payload.get("problem", "")
    if not problem:
        settle(of_source(source))
        return
    check = row(EligibilityCheck, UUID(event.payload["check"]), "patient")
    if check is None or not check.latest or check.problem != problem:
        return
    actions.add(
        WORKLIST,
        source=source,
        kind="coverage",
        title=_TITLES[problem],
        detail=", ".join(filter(None, (check.patient.listed, check.note))),
        for_role="front-desk",
        patient_id=check.patient_id,
        priority=26 if problem == "inactive" else 42,
        link=f"/patients/{check.patient_id}/insurance/",
        again=True,
    )
