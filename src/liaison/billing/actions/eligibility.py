"""Coverage checked with the payer (270/271): planned, asked, answered, and what the answer changes on file.

A check is a row before anything leaves the house, and its question a kept file; killed at any point and started again,
the same file is asked again, and the first answer to it counts.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from liaison.billing import realtime
from liaison.billing.actions import asking
from liaison.billing.coverage.differences import Difference, differences
from liaison.billing.models import Authorization, EligibilityCheck
from liaison.billing.x12 import eligibility as x12
from liaison.engines.x12 import EligibilityAnswer, X12Error, read_271
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people import actions as people
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.places.queries import practice as the_practice
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.numbers import next_number
from liaison.schedule.models import Appointment

C = EligibilityCheck.Status
P = EligibilityCheck.Problem
FRESH = timedelta(hours=24)
AT_ONCE = 16  # questions that one round of the worker asks
USABLE = (Authorization.Status.CERTIFIED,)


def can_be_asked(coverage: Coverage) -> bool:
    """Whether its payer answers questions: one with an electronic ID and a line, and not about an injury."""
    if not (coverage.payer.code and coverage.member_id) or coverage.of_an_injury:
        return False
    return realtime.is_set_up(coverage.payer.code) or not realtime.is_set_up()


def asked_for(visit: date, today: date) -> date:
    """The day that is asked about: the visit's, where it lies in this month or the next week.

    Payers know of the month that is running; of a later day they say nothing, so that today's standing is asked for.
    """
    near = visit <= today + timedelta(days=7) or (visit.year, visit.month) == (today.year, today.month)
    return max(visit, today) if near else today


def check_at_booking(actor: Actor, appointment_id: UUID, today: date) -> list[EligibilityCheck]:
    """Plan to ask about the coverage of a patient who was booked; what was asked within a day is not asked again."""
    appointment = rows.row(Appointment, appointment_id)
    if appointment is None or appointment.status != Appointment.Status.BOOKED:
        return []
    day = asked_for(appointment.starts_at.date(), today)
    covered = [coverage for coverage in coverages_of(appointment.patient_id, day) if can_be_asked(coverage)]
    if not covered:
        return []
    with change(actor, "billing.coverage") as this:
        wanted = [(coverage, appointment) for coverage in covered]
        return _plan(this, wanted, EligibilityCheck.Why.BOOKED, day, since=this.at - FRESH)


def check_day(actor: Actor, appointments: Sequence[Appointment], day: date, since: datetime) -> list[EligibilityCheck]:
    """Plan to ask about the coverage of all who come on a day, but for what was asked `since`. Four queries at most."""
    with change(actor, "billing.coverage") as this:
        of_patient = {appointment.patient_id: appointment for appointment in appointments}
        found = Coverage.objects.filter(
            Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day), patient__in=of_patient, active=True
        ).select_related("payer")
        wanted = [(coverage, of_patient[coverage.patient_id]) for coverage in found if can_be_asked(coverage)]
        return _plan(this, wanted, EligibilityCheck.Why.NIGHTLY, day, since=since)


def _plan(
    this: Change, wanted: Sequence[tuple[Coverage, Appointment | None]], why: str, day: date, *, since: datetime | None
) -> list[EligibilityCheck]:
    """Write down whom to ask about: not what was asked `since`, nor what is out already."""
    keys = [coverage.pk for coverage, _ in wanted]
    done = Q(asked_at__gte=since) if since else Q(pk__in=())
    lately = EligibilityCheck.objects.filter(done | Q(status=C.ASKED), coverage__in=keys)
    known = set(lately.exclude(status=C.FAILED).values_list("coverage_id", flat=True)) if keys else set()
    fresh = [(coverage, appointment) for coverage, appointment in wanted if coverage.pk not in known]
    if not fresh:
        return []
    first = next_number("eligibility", len(fresh))
    checks = [
        EligibilityCheck(
            patient_id=coverage.patient_id,
            coverage=coverage,
            appointment=appointment,
            service_date=day,
            trace=f"E{first + number:09d}",
            why=why,
            asked_at=this.at,
            asked_by=this.actor.name[:120],
            next_try_at=this.at,
        )
        for number, (coverage, appointment) in enumerate(fresh)
    ]
    # Somebody else may have asked just now: the question that is out is enough
    return this.save_new(checks, keep_existing=True)


def check_coverage(actor: Actor, coverage_id: UUID, day: date) -> EligibilityCheck:
    """Ask the payer about a coverage now, and wait for its answer (at most twenty seconds).

    A question that is out already is the one that is asked. Raises Conflict where there is no line to payers or this
    one has no electronic ID, Invalid where something that the payer needs is missing.
    """
    if not realtime.is_set_up():
        raise Conflict("no-line", "There is no line to payers yet. Ask the office manager, or call the payer.")
    with change(actor, "billing.coverage") as this:
        coverage = Coverage.objects.select_related("payer").filter(pk=coverage_id, active=True).first()
        if coverage is None:
            raise NotFound("no-coverage", "This coverage has ended. Look at the list again.")
        if not can_be_asked(coverage):
            raise Conflict("cannot-ask", _cannot(coverage))
        _plan(this, [(coverage, None)], EligibilityCheck.Why.PERSON, day, since=None)
        # The question that is out, whoever planned it a moment ago
        newest = EligibilityCheck.objects.filter(coverage=coverage).order_by("-asked_at", "-id")
        check = newest.filter(status=C.ASKED).first() or newest[0]
    return ask(actor, check.pk)


def _cannot(coverage: Coverage) -> str:
    if coverage.of_an_injury:
        return "Nobody answers such questions about an injury. Call the payer."
    if not coverage.member_id:
        return "Add the member ID from the card first."
    if coverage.payer.code:
        return f"{coverage.payer.name} answers no question at once. Call the payer."
    return f"{coverage.payer.name} has no electronic payer ID. Add it to the payer’s entry, or call the payer."


def ask(actor: Actor, check_id: UUID) -> EligibilityCheck:
    """Ask one planned check now and note its answer."""
    question = _prepare(actor, check_id)
    if question is None:
        return EligibilityCheck.objects.get(pk=check_id)
    return note_reply(actor, check_id, realtime.ask(question))


def ask_waiting(actor: Actor, now: datetime) -> int:
    """Ask what is due, a round of sixteen at most, so that a payer that hangs holds nobody up. Gives how many."""
    due = EligibilityCheck.objects.filter(status=C.ASKED, next_try_at__lte=now).order_by("next_try_at", "id")
    prepared = [(key, _prepare(actor, key)) for key in list(due.values_list("pk", flat=True)[:AT_ONCE])]
    asked = [(key, question) for key, question in prepared if question is not None]
    for (key, _), reply in zip(asked, realtime.ask_all([question for _, question in asked]), strict=True):
        note_reply(actor, key, reply)
    return len(asked)


def _locked(check_id: UUID) -> EligibilityCheck:
    found = rows.locked(EligibilityCheck, check_id, "coverage", "patient")
    if found is None:
        raise NotFound("no-check", "There is no such question to a payer. Look at the patient’s coverage again.")
    return found


def _prepare(actor: Actor, check_id: UUID) -> realtime.Question | None:
    """Write and keep the question, or count another try of the one that is kept. None where nothing is to be asked."""
    practice = the_practice()
    with change(actor, "billing.coverage") as this:
        check = _locked(check_id)
        if check.status != C.ASKED:
            return None
        check.attempts += 1
        check.next_try_at = asking.next_try(this.at, check.attempts)
        if check.question is None:
            control = asking.next_control()
            try:
                body = x12.question(check, practice, this.at, control)
            except X12Error as gap:
                _outcome(this, check, C.FAILED, f"The question cannot be written: {gap.message}")
                return None
            check.question = asking.keep_question(this, "270", check.coverage.payer, control, body)
        this.save(check)
        return asking.on_its_way(check.question, practice)


def note_reply(actor: Actor, check_id: UUID, reply: realtime.Reply) -> EligibilityCheck:
    """Note what a payer answered, or that it did not. Whatever came is kept; a second answer changes nothing."""
    answer, trouble = asking.answers_in(reply, read_271)
    with change(actor, "billing.coverage") as this:
        check = _locked(check_id)
        assert check.question is not None
        ours = _match(answer, check.trace)
        if answer and ours is None:
            trouble = "The payer answered another question than ours."
        kept = asking.keep_answer(this, "271", check.question, reply, trouble)
        if check.status != C.ASKED:
            return check
        check.answer = kept
        if ours is not None:
            asking.note_answered(this, check.question)
            _take(this, check, ours)
        elif reply.later and check.attempts < asking.MOST_TRIES:
            check.note = f"{trouble} It is asked again by itself."
            this.save(check)
        else:
            _outcome(this, check, C.FAILED, f"{trouble} Ask again, or call {check.coverage.payer.name}.")
        return check


def _match(answers: Sequence[EligibilityAnswer], trace: str) -> EligibilityAnswer | None:
    """The answer to our question: by its trace, or by the reference of one that was refused before the patient."""
    by_trace = (each for each in answers if trace in (each.trace, *each.traces))
    by_reference = (each for each in answers if not each.traces and each.reference == trace)
    return next(by_trace, None) or next(by_reference, None)


def _take(this: Change, check: EligibilityCheck, answer: EligibilityAnswer) -> None:
    """Read the answer into the check: what a front desk asks, or why the payer refuses."""
    payer = check.coverage.payer
    said = x12.facts(answer)
    if answer.rejections and said.active is None:
        first = answer.rejections[0]
        words = asking.sentence(payer, first.says, first.advice)
        if all(each.may_ask_again for each in answer.rejections) and check.attempts < asking.MOST_TRIES:
            check.note = f"{words} It is asked again by itself."[:400]
            this.save(check)
        else:
            _outcome(this, check, C.REFUSED, words)
        return
    for name, value in asdict(said).items():
        setattr(check, name, value)
    _outcome(this, check, C.ANSWERED, "")


def _outcome(this: Change, check: EligibilityCheck, status: str, note: str) -> None:
    """Close a check; from now on it is the newest word about its coverage."""
    check.status, check.note, check.next_try_at = status, note[:400], None
    check.answered_at = this.at
    # Two answers about one coverage at the same moment wait for each other
    Coverage.objects.select_for_update(no_key=True).get(pk=check.coverage_id)
    before = EligibilityCheck.objects.select_for_update().filter(coverage_id=check.coverage_id, latest=True).first()
    if before is not None and before.pk != check.pk:
        before.latest = False
        this.save(before, "latest")
    check.latest = True
    _judge(check)
    this.save(check)
    _tell(this, check)


def _judge(check: EligibilityCheck) -> None:
    """Say what is to be seen to, if anything, in one sentence."""
    coverage = check.coverage
    if check.status != C.ANSWERED:
        check.problem = P.REFUSED if check.status == C.REFUSED else P.FAILED
        return
    check.problem, check.note = "", ""
    if check.active is False:
        check.problem, check.note = P.INACTIVE, f"{coverage.payer.name} says that the coverage is not active."
    elif check.active is None:
        check.problem, check.note = P.FAILED, f"{coverage.payer.name} does not say whether the coverage is active."
    elif check.needs_authorization and not _has(check, Authorization.Kind.AUTHORIZATION):
        check.problem, check.note = P.AUTHORIZATION, "The payer wants an authorization, and none is on file."
    elif check.needs_referral and not _has(check, Authorization.Kind.REFERRAL):
        check.problem, check.note = P.REFERRAL, "The payer wants a referral, and none is on file."
    elif open_differences(check):
        names = ", ".join(each.label.lower() for each in open_differences(check))
        check.problem, check.note = P.DIFFERS, f"What the payer has differs: {names}."[:400]


def _has(check: EligibilityCheck, kind: str) -> bool:
    found = Authorization.objects.filter(
        Q(ends=None) | Q(ends__gte=check.service_date),
        coverage_id=check.coverage_id,
        kind=kind,
        status__in=USABLE,
        starts__lte=check.service_date,
    )
    return found.exists()


def open_differences(check: EligibilityCheck) -> list[Difference]:
    """Where the payer has something else than the file, and nobody has let it stand."""
    return [each for each in differences(check) if each.name not in check.kept]


def _tell(this: Change, check: EligibilityCheck) -> None:
    this.event(
        "billing.coverage_checked",
        check=check.pk,
        coverage=check.coverage_id,
        patient=check.patient_id,
        problem=check.problem or None,
    )


def judge_again(actor: Actor, **which: UUID) -> None:
    """Look again at the newest answers (of a `coverage`, a `patient`) after the file changed.

    A problem may be gone, or be there.
    """
    latest = EligibilityCheck.objects.filter(**which, latest=True, status=C.ANSWERED)
    for key in list(latest.values_list("pk", flat=True)):
        with change(actor, "billing.coverage") as this:
            check = _locked(key)
            before = (check.problem, check.note)
            _judge(check)
            if (check.problem, check.note) != before:
                this.save(check, "problem", "note")
                _tell(this, check)


def take_over(actor: Actor, check_id: UUID, name: str) -> EligibilityCheck:
    """Write what the payer has of one difference on file. Raises NotFound where there is no such difference now."""
    with change(actor, "billing.coverage") as this:
        check = _locked(check_id)
        found = _difference(check, name)
        if found.of_patient:
            people.update(actor, check.patient_id, **{found.field: found.value})
        elif found.name == "ended":
            people.end_coverage(actor, check.coverage_id, found.value)
        else:
            people.update_coverage(actor, check.coverage_id, **{found.field: found.value})
        check = _reread(check)
        _judge(check)
        this.save(check, "problem", "note")
        _tell(this, check)
        return check


def _reread(check: EligibilityCheck) -> EligibilityCheck:
    check.coverage = Coverage.objects.select_related("payer").get(pk=check.coverage_id)
    check.patient.refresh_from_db()
    return check


def let_stand(actor: Actor, check_id: UUID, name: str) -> EligibilityCheck:
    """Leave what is on file as it is, although the payer has something else."""
    with change(actor, "billing.coverage") as this:
        check = _locked(check_id)
        found = _difference(check, name)
        check.kept = [*check.kept, found.name]
        _judge(check)
        this.save(check, "kept", "problem", "note")
        _tell(this, check)
        return check


def _difference(check: EligibilityCheck, name: str) -> Difference:
    if not check.latest:
        raise Conflict("asked-again", "The payer was asked again meanwhile. Look at the newest answer.")
    found = next((each for each in differences(check) if each.name == name), None)
    if found is None:
        raise NotFound("no-difference", "This does not differ any more. Look at the coverage again.")
    return found


def set_aside(actor: Actor, check_id: UUID, reason: str) -> EligibilityCheck:
    """Note that a person has seen to a problem elsewhere (on the telephone, at the payer's own pages), and how."""
    if not reason.strip():
        raise Invalid("no-reason", "Say in a few words how it was settled, like “called, active”.", "reason")
    with change(actor, "billing.coverage", reason=reason.strip()) as this:
        check = _locked(check_id)
        if not check.latest or not check.problem:
            raise Conflict("no-problem", "There is nothing to settle any more. Look at the coverage again.")
        check.problem, check.note = "", f"Settled by {actor.name}: {reason.strip()}"[:400]
        this.save(check, "problem", "note")
        _tell(this, check)
        return check
