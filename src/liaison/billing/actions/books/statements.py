"""Statements: each that is due is made once, printed, or announced by e-mail with a link."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from liaison.billing.actions.books.spreading import opened
from liaison.billing.books import days
from liaison.billing.models import Statement
from liaison.billing.queries.aging import aging_of
from liaison.billing.queries.statements import KIND, due, visits_of
from liaison.billing.rules import rule
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.languages import language_in
from liaison.people import mail
from liaison.record.actor import Actor, machine
from liaison.record.change import change
from liaison.record.numbers import next_number

LANGUAGES = ("en", "es")
MOST_GUESSES = 5
_PATH = "statement"
_JUST_NOW = timedelta(minutes=1)
LINK = machine("statement link", "portal")


def in_language(words: dict[str, str], language: str) -> str:
    """Words of the rule document in a patient's language; English where there are none."""
    return words.get(language) or words.get("en", "")


def make_statement(actor: Actor, patient_id: UUID, stage: str = "") -> Statement:
    """Make the statement that is due, or one of the first stage for whoever asks for it. Event billing.statement_made.

    Raises Conflict where the patient owes nothing, where (with a `stage`) that one is not due any more, or (without)
    where one of today says the same.
    """
    with change(actor, "books.statements", patient_id=patient_id) as this:
        patient = opened(actor, patient_id)
        if stage and stage not in {one.stage for one in due(actor, patient_id=patient_id)}:
            raise Conflict("not-due", "This statement is not due any more.")
        visits = visits_of(patient_id)
        cents = sum(visit["due"] for visit in visits)
        if cents <= 0:
            raise Conflict("nothing-owed", "The patient owes nothing.")
        today = days.today()
        last = Statement.objects.filter(patient=patient).order_by("sequence").last()
        if not stage and last is not None and last.day == today and last.visits == visits:
            raise Conflict("made-already", f"Statement {last.number} of today says the same. Print that one.")
        body = rule(KIND)
        of = next((one for one in body["stages"] if one["key"] == stage), body["stages"][0])
        language = language_in(LANGUAGES, patient.language)
        aged = aging_of(patient_id)
        statement = this.save(
            Statement(
                number=f"S{next_number('statement'):06d}",
                patient=patient,
                sequence=last.sequence + 1 if last else 1,
                stage=of["key"],
                at=this.at,
                day=today,
                due_on=today + timedelta(days=body["due_days"]),
                language=language,
                cents=cents,
                visits=visits,
                aging=[*aged.cents, aged.credit_cents],
                message=in_language(of["message"], language),
            )
        )
        this.event("billing.statement_made", statement=statement.pk, patient=patient_id)
        return statement


def make_due(actor: Actor) -> list[Statement]:
    """Make every statement that is due, each in a change of its own: what breaks off goes on where it was."""
    found = []
    for one in due(actor):
        try:
            found.append(make_statement(actor, one.patient.pk, one.stage))
        except Conflict:
            continue  # somebody else has made it, or it was paid meanwhile
    return found


def note_printed(actor: Actor, statements: Sequence[Statement]) -> None:
    """Note that statements were printed, those that were not before."""
    fresh = [one for one in statements if one.printed_at is None]
    if fresh:
        with change(actor, "books.statements") as this:
            for one in fresh:
                one.printed_at = this.at
                this.save(one, "printed_at")


def email_statement(actor: Actor, statement_id: UUID) -> Statement:
    """Announce a statement by e-mail, with a link that expires. Event billing.statement_to_mail, which sends it.

    Raises Invalid without an address, Conflict where this Liaison sends no mail or nobody outside reaches it.
    """
    with change(actor, "books.statements") as this:
        found = Statement.objects.select_for_update().filter(pk=statement_id).first()
        if found is None:
            raise NotFound("no-statement", "There is no such statement. Look at the list again.")
        mail.require_mail(opened(actor, found.patient_id), "print the statement")
        if found.emailed_at is not None and this.at - found.emailed_at < _JUST_NOW:
            raise Conflict("just-sent", f"The link of {found.number} was sent a moment ago.")
        found.emailed_at, found.guesses = this.at, 0
        this.save(found, "emailed_at", "guesses")
        this.event("billing.statement_to_mail", statement=found.pk)
        return found


def link_of(statement: Statement) -> str:
    """The address of a statement for its patient."""
    return mail.link(_PATH, statement.pk)


def by_link(token: str) -> Statement:
    """The statement of a link. Raises NotFound when it is none, has expired, or was guessed at too often."""
    key = mail.key_of(_PATH, token, rule(KIND)["link_days"])
    found = Statement.objects.select_related("patient").filter(pk=key).first()
    if found is None or found.emailed_at is None or found.guesses >= MOST_GUESSES:
        raise mail.link_over()
    return found


def open_by_link(token: str, birth_date: Any) -> Statement:
    """Open a statement by its link and the patient's birth date. Each wrong one counts: after five the link is dead.

    Raises NotFound, Invalid.
    """
    found = by_link(token)
    right = birth_date == found.patient.birth_date
    with change(
        LINK, "books.statements", reason="opened by the patient's link" if right else "a wrong birth date"
    ) as this:
        row = Statement.objects.select_for_update().get(pk=found.pk)
        if row.guesses >= MOST_GUESSES:
            raise mail.link_over()
        if right:
            row.opened_at = row.opened_at or this.at
        else:
            row.guesses += 1
        this.save(row, "opened_at", "guesses")
    if not right:
        raise Invalid("wrong-date", "That is not the birth date that we know. Please try again.", "birth_date")
    return found
