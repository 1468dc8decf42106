"""What is settled before the needle: who pays, the screening questions, the information statements, the consent."""

from collections.abc import Mapping
from uuid import UUID

from liaison.chart.actions import signer, staff_id
from liaison.immunize.actions.opening import open_encounter
from liaison.immunize.models import Eligibility, Preparation
from liaison.immunize.queries.encounter import Day, day_of
from liaison.immunize.rules import SCREENING, rule
from liaison.immunize.screening import NO, STOP, UNKNOWN, YES
from liaison.immunize.words import EMAILED, LANGUAGES, RELATIONSHIPS, VIS_HOW
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.mail import require_mail
from liaison.record.actor import Actor
from liaison.record.change import Change, change


def _opened(actor: Actor, encounter_id: UUID) -> tuple[Day, Preparation]:
    """The day's vaccines and their preparation, a new one when there is none; only when something is planned."""
    encounter = open_encounter(actor, encounter_id)
    day = day_of(encounter, encounter.patient)
    if not day.plan:
        raise Conflict("nothing-planned", "Put a vaccine on the plan first.")
    return day, day.preparation or Preparation(patient_id=encounter.patient_id, encounter_id=encounter.pk)


def _saved(this: Change, row: Preparation) -> Preparation:
    this.save(row)
    this.event("immunize.prepared", encounter=row.encounter_id, patient=row.patient_id)
    return row


def say_eligibility(actor: Actor, encounter_id: UUID, code: str) -> Preparation:
    """Note who pays for the doses of this visit (HL7 table 0064). Raises Invalid."""
    if code not in Eligibility.values:
        raise Invalid("no-eligibility", "Choose who pays for the vaccines.", "eligibility")
    with change(actor, "immunize.write") as this:
        _, row = _opened(actor, encounter_id)
        row.eligibility = code
        return _saved(this, row)


def screen(actor: Actor, encounter_id: UUID, answers: Mapping[str, str], details: str = "") -> Preparation:
    """Keep the answers to the screening questions: yes, no or unknown for each that is asked.

    Raises Invalid, its field the first question that has no answer.
    """
    with change(actor, "immunize.write") as this:
        day, row = _opened(actor, encounter_id)
        kept = {one.key: answers.get(one.key, "") for one in day.questions}
        open_ones = [key for key, answer in kept.items() if answer not in (YES, NO, UNKNOWN)]
        if open_ones:
            raise Invalid("unanswered", "Every question wants an answer: yes, no, or not known.", open_ones[0])
        _, row.rules = rule(SCREENING)
        # What was cleared holds for the answer that it was cleared for
        row.cleared = {key: value for key, value in row.cleared.items() if kept.get(key) == row.answers.get(key)}
        row.answers, row.details = kept, details.strip()[:300]
        row.screened_by_id, row.screened_at = staff_id(actor), this.at
        return _saved(this, row)


def clear(actor: Actor, encounter_id: UUID, question: str, reason: str) -> Preparation:
    """Note that a warning or stop of the screening was gone through, with what was decided and by whom.

    A stop is cleared by a provider only. Raises Invalid without a reason, Forbidden.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say what was decided, and who said so.", "reason")
    with change(actor, "immunize.write", reason=reason.strip()) as this:
        day, row = _opened(actor, encounter_id)
        found = [one for one in day.findings if one.question == question]
        if not found:
            raise Conflict("nothing-to-clear", "The screening raised no such question. Look at it again.")
        if any(one.level == STOP for one in found) and not actor.may("orders.place"):
            raise Forbidden(
                "provider-clears", "Only a provider can clear this. Ask one to open the patient’s vaccines."
            )
        entry = {"by": actor.name, "role": actor.role, "at": this.at.isoformat(), "reason": reason.strip()[:200]}
        row.cleared = {**row.cleared, question: entry}
        return _saved(this, row)


def hand_over_vis(actor: Actor, encounter_id: UUID, language: str = "en", how: str = "printed") -> Preparation:
    """Note that the current information statements of all planned vaccines were handed over (42 USC 300aa-26).

    The edition's date, the language, how and on which day are kept with each. How "emailed" sends their link to the
    patient, as `send_vis` does. Raises Invalid, Conflict.
    """
    if language not in LANGUAGES or how not in VIS_HOW:
        raise Invalid("how", "Choose the language and how the statement was given.", "how")
    with change(actor, "immunize.write") as this:
        day, row = _opened(actor, encounter_id)
        new = [
            {
                "title": one.title,
                "edition": one.edition.isoformat(),
                "encoded": one.encoded,
                "language": language,
                "how": how,
                "on": day.on.isoformat(),
            }
            for one in day.vis_missing()
        ]
        row.vis = [*row.vis, *new]
        if how == EMAILED:
            _send_vis(this, day, row)
        return _saved(this, row)


def send_vis(actor: Actor, encounter_id: UUID) -> None:
    """Send the patient the link of the statements once more. Event immunize.vis_to_mail, which sends it.

    Raises Conflict where none was sent or this Liaison sends no mail, Invalid without an address.
    """
    with change(actor, "immunize.write") as this:
        day, row = _opened(actor, encounter_id)
        if not row.vis_emailed:
            raise Conflict("none-sent", "No statement was sent by e-mail in this visit. Choose how it is handed over.")
        _send_vis(this, day, row)


def _send_vis(this: Change, day: Day, row: Preparation) -> None:
    require_mail(day.patient, "print the statements")
    this.event("immunize.vis_to_mail", preparation=row.pk)


def consent(actor: Actor, encounter_id: UUID, by: str, relationship: str = "self") -> Preparation:
    """Note who consents to the planned vaccines. Raises Invalid without a name."""
    if not by.strip():
        raise Invalid("no-name", "Write the name of the person who consents.", "consent_by")
    if relationship not in RELATIONSHIPS:
        raise Invalid("no-relationship", "Say who that is to the patient.", "consent_relationship")
    with change(actor, "immunize.write") as this:
        signer(actor)
        _, row = _opened(actor, encounter_id)
        row.consent_by, row.consent_relationship, row.consent_at = by.strip()[:120], relationship, this.at
        return _saved(this, row)
