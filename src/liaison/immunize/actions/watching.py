"""After the needle: the observation ended, a reaction written down, its VAERS report sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from liaison.chart.actions import signer, staff_id
from liaison.immunize.models import Immunization, Reaction, Watch
from liaison.immunize.words import ANAPHYLAXIS, OUTCOMES, RESULTS, SIGNS
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.rows import locked

WELL, REACTION, LEFT = "well", "reaction", "left-early"
CONFIRMATION = 20  # characters of the number that VAERS gives


def end_watch(actor: Actor, encounter_id: UUID, outcome: str, note: str = "") -> Watch:
    """End the observation after vaccines. Before its time only when the patient leaves, with the reason in `note`.

    Event immunize.watch_ended. Raises Conflict when it is too early or over, Invalid for an unknown outcome.
    """
    if outcome not in (WELL, LEFT):
        raise Invalid("no-outcome", "Say how the patient is.", "outcome")
    with change(actor, "immunize.write") as this:
        found = Watch.objects.filter(encounter_id=encounter_id).select_related("patient").select_for_update().first()
        if found is None:
            raise NotFound("no-watch", "Nobody is observed after vaccines in this visit.")
        may_open(actor, found.patient)
        if found.ended_at is not None:
            raise Conflict("watch-over", "The observation has ended already.")
        if outcome == WELL and this.at < found.ends_at:
            raise Conflict("too-early", "The observation is not over yet. If the patient leaves, say so and why.")
        if outcome == LEFT and not note.strip():
            raise Invalid("no-note", "Say why the patient did not stay.", "note")
        found.ended_at, found.ended_by_id = this.at, staff_id(actor)
        found.outcome, found.note = outcome, note.strip()[:200]
        this.save(found, "ended_at", "ended_by", "outcome", "note")
        this.event("immunize.watch_ended", encounter=encounter_id, patient=found.patient_id)
        return found


def anaphylaxis_like(signs: Sequence[str]) -> bool:
    """Whether the signs together are treated as anaphylaxis until a provider says otherwise."""
    return len(ANAPHYLAXIS & set(signs)) > 1


def report_reaction(
    actor: Actor,
    patient_id: UUID,
    *,
    doses: Sequence[UUID],
    onset_at: datetime | None,
    signs: Sequence[str],
    description: str,
    outcome: str,
    treatment: str = "",
    tests: str = "",
    results_in: Sequence[str] = (),
    provider_told: bool = False,
) -> Reaction:
    """Write down an adverse event after vaccines; its report to VAERS waits as a task. Event immunize.reaction.

    Raises Invalid for a dose of somebody else, a beginning before the first dose or to come, or missing words.
    """
    if not description.strip():
        raise Invalid("no-words", "Write what happened, and when.", "description")
    if outcome not in OUTCOMES:
        raise Invalid("no-outcome", "Say how it ended.", "outcome")
    if onset_at is None:
        raise Invalid("no-onset", "Say when it began.", "onset_at")
    with change(actor, "immunize.write") as this:
        rows = list(
            Immunization.objects.filter(pk__in=doses, patient_id=patient_id, status="completed")
            .select_related("patient")
            .order_by("occurred_at")
        )
        if not doses or len(rows) != len(set(doses)):
            raise Invalid("no-dose", "Choose the doses that it followed.", "doses")
        may_open(actor, rows[0].patient)
        if not rows[0].occurred_at <= onset_at <= this.at:
            raise Invalid("onset", "It began after the vaccine and before now. Check the time.", "onset_at")
        encounter = next((one.encounter_id for one in reversed(rows) if one.encounter_id and one.here), None)
        reaction = this.save(
            Reaction(
                patient_id=patient_id,
                encounter_id=encounter,
                doses=[str(one.pk) for one in rows],
                onset_at=onset_at,
                signs=[sign for sign in signs if sign in SIGNS],
                description=description.strip(),
                treatment=treatment.strip()[:500],
                tests=tests.strip()[:500],
                outcome=outcome,
                results_in=[result for result in results_in if result in RESULTS],
                provider_told_at=this.at if provider_told else None,
                reported_by_id=signer(actor),
                reported_at=this.at,
            )
        )
        open_watch = Watch.objects.filter(encounter_id__in=[encounter], ended_at=None).select_for_update()
        if (watch := open_watch.first()) is not None:
            watch.ended_at, watch.ended_by_id, watch.outcome = this.at, staff_id(actor), REACTION
            this.save(watch, "ended_at", "ended_by", "outcome")
        this.event("immunize.reaction", reaction=reaction.pk, patient=patient_id, encounter=encounter)
        return reaction


def reaction_sent(actor: Actor, reaction_id: UUID, vaers_number: str) -> Reaction:
    """Note that a reaction's report was sent to VAERS, with the number it gave. Event immunize.reaction_sent."""
    if not vaers_number.strip() or len(vaers_number.strip()) > CONFIRMATION:
        raise Invalid("no-number", "Write the number that VAERS gave, at most 20 characters.", "vaers_number")
    with change(actor, "immunize.write") as this:
        found = locked(Reaction, reaction_id, "patient")
        if found is None:
            raise NotFound("no-reaction", "There is no such reaction. Look at the patient’s vaccines again.")
        may_open(actor, found.patient)
        if found.sent_at is not None:
            raise Conflict("sent-already", f"It was sent already: VAERS {found.vaers_number}.", "vaers_number")
        found.vaers_number, found.sent_at = vaers_number.strip(), this.at
        this.save(found, "vaers_number", "sent_at")
        this.event("immunize.reaction_sent", reaction=found.pk, patient=found.patient_id)
        return found
