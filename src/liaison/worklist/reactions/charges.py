"""What was done and not charged, or charged and not done: the biller's to look at."""

from uuid import UUID

from liaison.chart.models import Encounter
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_source, settle


@reaction("billing.uncharged_found")
def things_are_left_out(event: OutboxEvent) -> None:
    """Once a day: the visits of the last days with something left out."""
    visits, since, until = (event.payload[name] for name in ("visits", "since", "until"))
    number = int(visits)
    actions.add(
        WORKLIST,
        source=f"uncharged:{until}",
        kind="uncharged",
        title=f"Look at {number} visit{'' if number == 1 else 's'} with something done and not charged",
        for_role="biller",
        priority=40,
        link=f"/uncharged/?since={since}&until={until}",
    )


@reaction("billing.done_after_billing")
def done_after_billing(event: OutboxEvent) -> None:
    """Something was written down after the charges were posted: a person decides whether it is charged too."""
    encounter = event.payload["encounter"]
    _at_coding(
        encounter,
        f"late-charge:{encounter}",
        "late-charge",
        "Charge what was written down after billing",
        35,
        again=True,
    )


@reaction("billing.charged_in_error")
def charged_in_error(event: OutboxEvent) -> None:
    """What was charged never was: the claim is corrected, or what was paid is given back."""
    source = f"charged-in-error:{event.payload['charge']}"
    title = "Correct a claim: what it charges was entered in error"
    _at_coding(event.payload["encounter"], source, "charged-in-error", title, 25)


def _at_coding(encounter_id: str, source: str, kind: str, title: str, priority: int, *, again: bool = False) -> None:
    """A task of the biller about one visit's charges."""
    encounter = row(Encounter, UUID(encounter_id), "patient")
    if encounter is None:
        return
    actions.add(
        WORKLIST,
        source=source,
        kind=kind,
        title=title,
        detail=encounter.patient.listed,
        for_role="biller",
        patient_id=encounter.patient_id,
        priority=priority,
        link=f"/coding/{encounter.pk}/",
        again=again,
    )


@reaction("billing.charges_posted")
def late_charges_are_posted(event: OutboxEvent) -> None:
    settle(of_source(f"late-charge:{event.payload['encounter']}"))
