"""A patient at the registry: ask, choose among candidates, compare the two histories, take over; share or not."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.engines import hl7v2
from liaison.engines.vaccines import facts
from liaison.immunize.queries.due import Due, due_for, groups_of
from liaison.kernel import clock
from liaison.people.glass import patient_page
from liaison.people.queries import patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.registry import actions, queries
from liaison.registry.models import Message
from liaison.registry.pages.words import TONES

State = Message.State


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is due in a vaccine group: ours, and the registry's."""

    group: str
    ours: Due | None
    theirs: hl7v2.Recommendation | None

    @property
    def differs(self) -> bool:
        """Whether the two would have the next dose given more than a month apart."""
        mine = self.ours.recommended if self.ours else None
        other = self.theirs.due if self.theirs else None
        return mine is not None and other is not None and abs((mine - other).days) > 31


@require_GET
@patient_page("registry.read")
def registry(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What the registry knows of a patient beside what we know, and what it was told."""
    return _page(request, patient_id, Typed())


def _page(request: StaffRequest, patient_id: UUID, form: Typed, refused: dict[int, str] | None = None) -> HttpResponse:
    patient = patient_for(request.actor, patient_id, why="the registry")
    question = queries.newest_question(patient_id)
    answer = queries.answer_of(question) if question is not None and question.state == State.ACCEPTED else None
    rows = queries.compared(question) if question is not None and answer is not None else []
    context = {
        "patient": patient,
        "connection": queries.connection(),
        "question": question,
        "answer": answer,
        "candidates": list(enumerate(answer.candidates)) if answer is not None else [],
        "rows": [(row, (refused or {}).get(row.place, "")) for row in rows],
        "new": sum(row.kind == queries.NEW for row in rows),
        "may_take": any(row.may_take for row in rows) and request.actor.may("immunize.write"),
        "forecast": _forecast(request, patient_id, answer) if answer is not None and answer.due else [],
        "told": [(one, TONES[one.state]) for one in queries.told_of(patient_id)],
        "sharing": queries.sharing_of(patient_id),
        "may_ask": request.actor.may("registry.query"),
        "form": form,
        "typed": form.values,
        "errors": form.errors,
    }
    return render(request, "registry/patient.html", context, status=form.status)


def _forecast(request: StaffRequest, patient_id: UUID, answer: hl7v2.Answer) -> list[Forecast]:
    """The two forecasts by vaccine group, ours in its order, then what the registry alone speaks of."""
    theirs: dict[str, hl7v2.Recommendation] = {}
    for one in answer.due:
        vaccine = facts().vaccine(one.cvx) if one.cvx else None
        names = groups_of(one.cvx) if one.cvx else []
        name = names[0] if names else vaccine.short if vaccine else one.vaccine.text
        theirs.setdefault(name, one)
    if not request.actor.may("immunize.read"):
        return [Forecast(name, None, one) for name, one in theirs.items()]
    picture = due_for(request.actor, patient_id, _today(), why="the registry")
    told = [Forecast(one.vaccine_group, one, theirs.pop(one.vaccine_group, None)) for one in picture.groups]
    told = [one for one in told if one.theirs is not None or (one.ours is not None and one.ours.recommended)]
    return told + [Forecast(name, None, one) for name, one in theirs.items() if one.due]


def _today() -> date:
    return clock.today(timezone.get_default_timezone())


@require_POST
@patient_page("registry.query")
def ask(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Ask the registry about a patient, or about one of those that it listed, and wait for the answer."""
    form = Typed.sent(request.POST, ("candidate", "of"))
    try:
        typed = form.text("candidate")
        candidate = int(typed) if typed.isdecimal() and len(typed) < 6 else None
        of = _uuid(form.text("of"))
        question = actions.ask(request.actor, patient_id, candidate=candidate, of=of)
    except ON_THE_FORM as refusal:
        return _page(request, patient_id, form.refuse(refusal))
    # Here, for the HTTP client is slow to import, and most requests do without
    from liaison.registry.exchange import send

    if sorry := send(question.pk):
        form.sorry = f"{sorry} The question waits, and is asked again by itself."
        return _page(request, patient_id, form)
    return HttpResponseRedirect(reverse("patient-registry", args=[patient_id]))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@patient_page("registry.query")
def take(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take the chosen doses of the answer into the history."""
    form = Typed.sent(request.POST, ("of",))
    places = {int(text) for text in request.POST.getlist("dose") if text.isdecimal() and len(text) < 6}
    of = _uuid(form.text("of"))
    if of is None:
        return HttpResponseRedirect(reverse("patient-registry", args=[patient_id]))
    try:
        taken = actions.take_over(request.actor, of, patient_id, places)
    except ON_THE_FORM as refusal:
        form.sorry = refusal.sentence
        return _page(request, patient_id, form)
    count = len(taken.doses)
    if taken.refused:
        form.sorry = f"{count} taken over; the reason stands beside each of the others."
        return _page(request, patient_id, form, {place: one.sentence for place, one in taken.refused.items()})
    words = f"{count} dose{'' if count == 1 else 's'} taken over into the history."
    return done(request, words, reverse("patient-registry", args=[patient_id]))


@require_POST
@patient_page("registry.query")
def share(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Note whether a patient's doses go to the registry, and whether it may send reminders."""
    form = Typed.sent(request.POST, ("shares", "decided_on"))
    try:
        actions.share(
            request.actor,
            patient_id,
            shares=form.text("shares") == "yes",
            reminders=request.POST.get("reminders") == "yes",
            on=form.day("decided_on"),
        )
    except ON_THE_FORM as refusal:
        return _page(request, patient_id, form.refuse(refusal))
    return done(request, "Noted.", reverse("patient-registry", args=[patient_id]))
