"""The list of messages, and one message with what is wrong with it and where that is mended."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.engines.hl7v2 import Hl7Error, read_message
from liaison.engines.hl7v2.words import mended_at, words_for
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.registry import actions, queries
from liaison.registry.models import Message, Problem
from liaison.registry.pages.words import LABELS, TONES

State = Message.State


@dataclass(frozen=True, slots=True)
class Step:
    """A state in the row above the list."""

    key: str
    label: str
    count: int


@require_GET
@page("registry.read")
def messages(request: StaffRequest) -> HttpResponse:
    """What the registry was told and asked, by state; what a person should look at comes first."""
    return _list(request, Typed())


def _list(request: StaffRequest, form: Typed, wrong: UUID | None = None) -> HttpResponse:
    counts = queries.counts(request.actor)
    asked = request.GET.get("show") or request.POST.get("show") or ("problems" if counts["problems"] else "")
    show = asked if asked in LABELS else ""
    rows = queries.messages(request.actor, show)
    context = {
        "steps": [Step(key, label, counts.get(key, 0)) for key, label in LABELS.items()],
        "show": show,
        "rows": [(row, _worst(row), TONES[row.state]) for row in rows],
        "connection": queries.connection(),
        "may_send": request.actor.may("registry.query"),
        "may_manage": request.actor.may("registry.manage"),
        "form": form,
        "typed": form.values,
        "errors": form.errors,
        "wrong": wrong,
    }
    return render(request, "registry/messages.html", context, status=form.status)


def _worst(message: Message) -> "Told | None":
    problems = sorted(message.problems.all(), key=lambda one: (one.severity, one.pk))
    return _told(problems[0], message) if problems else None


@dataclass(frozen=True, slots=True)
class Told:
    """A problem in words: the field's name in a clinic, its place in the message, and where it is mended."""

    field: str
    place: str
    words: str
    severity: str
    mend: str
    mend_at: str


def _told(problem: Problem, message: Message) -> Told:
    field = words_for(problem.segment, problem.field)
    place = problem.segment + (f"-{problem.field}" if problem.field else "")
    where = mended_at(problem.segment)
    address = ""
    if where == "patient":
        address = reverse("patient-edit", args=[message.patient_id])
    elif where == "dose" and message.immunization_id is not None:
        address = reverse("immunization", args=[message.patient_id, message.immunization_id])
    elif where == "connection":
        address = reverse("registry-set-up")
    names = {"patient": "Patient’s details", "dose": "The dose", "connection": "The connection"}
    return Told(field, place, problem.words, problem.severity, names[where], address)


@dataclass(frozen=True, slots=True)
class Line:
    """A segment of a message as a person reads it."""

    name: str
    words: str
    fields: tuple[tuple[str, str, str], ...]
    wrong: bool


@require_GET
@page("registry.read")
def message(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """One message: what became of it, what is wrong and where that is mended, and every field of it in words."""
    return _message(request, message_id, Typed())


def _message(request: StaffRequest, message_id: UUID, form: Typed) -> HttpResponse:
    row = queries.message_for(request.actor, message_id)
    problems = [_told(one, row) for one in sorted(row.problems.all(), key=lambda one: (one.severity, one.pk))]
    wrong = {(one.segment, one.sequence): {p.field for p in row.problems.all() if p.segment == one.segment}
             for one in row.problems.all()}  # fmt: skip
    context = {
        "message": row,
        "patient": row.patient,
        "problems": problems,
        "tone": TONES[row.state],
        "sent": _lines(bytes(row.body), wrong),
        "answer": _lines(bytes(row.answer or b""), {}),
        "may_send": request.actor.may("registry.query"),
        "may_mend": row.state in (State.REJECTED, State.FAILED, State.WARNINGS) and row.immunization_id is not None,
        "form": form,
        "typed": form.values,
        "errors": form.errors,
    }
    return render(request, "registry/message.html", context, status=form.status)


def _lines(body: bytes, wrong: dict[tuple[str, int], set[int]]) -> list[Line]:
    try:
        message = read_message(body)
    except Hl7Error:
        return []
    lines = []
    for segment in message.segments:
        marked = wrong.get((segment.id, segment.sequence), set())
        fields = tuple(
            (f"{segment.id}-{number}", words_for(segment.id, number), _plain(text))
            for number, text in enumerate(segment.fields)
            if text and number not in _UNSAID.get(segment.id, (0,))
        )
        lines.append(Line(segment.id, words_for(segment.id), fields, bool(marked)))
    return lines


# Numbers of segments, delimiters, and what every dose has: nothing to read
_UNSAID = {
    "MSH": (0, 1, 2), "PID": (0, 1), "NK1": (0, 1), "RXA": (0, 1, 2), "OBX": (0, 1, 2, 4, 11), "ORC": (0, 1),
}  # fmt: skip


def _plain(text: str) -> str:
    return " · ".join(part for part in text.replace("~", "^").replace("&", "^").split("^") if part)[:300]


@require_POST
@page("registry.query")
def resend(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Make a message anew from the patient and dose as they are now; it is sent within seconds."""
    form = Typed()
    try:
        made = actions.resend(request.actor, message_id)
    except ON_THE_FORM as refusal:
        return _message(request, message_id, form.refuse(refusal))
    if made.state == State.FAILED:
        return HttpResponseRedirect(reverse("registry-message", args=[made.pk]))
    return done(request, "Made anew. It is sent within seconds.", reverse("registry-message", args=[made.pk]))


@require_POST
@page("registry.query")
def hold(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Keep a message that waits from being sent, with the reason."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.hold(request.actor, message_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _message(request, message_id, form.refuse(refusal))
    return done(request, "Held back.", reverse("registry-message", args=[message_id]))


@require_POST
@page("registry.query")
def release(request: StaffRequest, message_id: UUID) -> HttpResponse:
    """Let a message that was held back go."""
    try:
        actions.release(request.actor, message_id)
    except ON_THE_FORM as refusal:
        return _message(request, message_id, Typed().refuse(refusal))
    return done(request, "It is sent within seconds.", reverse("registry-message", args=[message_id]))
