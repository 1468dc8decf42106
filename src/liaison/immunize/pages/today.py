"""A patient's vaccines of today: what is due, the plan, what is settled before the needle, the needle, the watch."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.chart.models import Encounter
from liaison.immunize import actions, words
from liaison.immunize.actions.giving import give as give_dose
from liaison.immunize.models import Eligibility, Immunization
from liaison.immunize.pages import shown
from liaison.immunize.papers.statements import sheet
from liaison.immunize.queries.due import due_for
from liaison.immunize.queries.encounter import Day, day_of, encounter_now
from liaison.immunize.queries.offers import choices
from liaison.immunize.rights import ADULT
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.access import View
from liaison.people.glass import patient_page
from liaison.people.models import Patient
from liaison.people.queries import coverages_of, patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.record.actor import Actor
from liaison.supplies.queries import read_code, stock_at


@require_GET
@patient_page("immunize.read")
def vaccines(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The working page."""
    return show(request, patient_id)


def show(
    request: StaffRequest, patient_id: UUID, form: Typed | None = None, part: str = "", scanned: UUID | None = None
) -> HttpResponse:
    """The page; `form` is what was refused in its `part`, `scanned` the stock that was just scanned."""
    form = form or Typed()
    patient = patient_for(request.actor, patient_id, why="vaccines today")
    encounter = encounter_now(patient.pk)
    on = clock.today(timezone.get_current_timezone())
    picture = due_for(request.actor, patient.pk, on)
    day = day_of(encounter, patient) if encounter else None
    context: dict[str, Any] = {
        "patient": patient,
        "picture": picture,
        "day": day,
        "encounter": encounter,
        "may_give": request.actor.may("immunize.write"),
        "may_order": request.actor.may("orders.place"),
        "not_given_reasons": list(words.NOT_GIVEN.items()),
        "used_sites": [words.SITES.get(one.immunization.body_site, "") for one in day.given if one.immunization]
        if day
        else [],
        "form": form,
        "typed": form.values,
        "errors": form.errors,
        "part": part,
        "scanned": scanned,
        "now": clock.now(),
        "answers_offered": (("yes", "Yes"), ("no", "No"), ("unknown", "Not known")),
        "identifiers": list(words.IDENTIFIERS.items()),
    }
    if day is not None:
        context |= _prepared(patient, day, form, part)
        context["choices"] = choices(patient, day, picture)
        left = (day.watch.ends_at - clock.now()).total_seconds() if day.watch else 0
        context["seconds_left"] = max(0, round(left))
        context["doses"] = shown.doses(patient, day, form if part == "give" else None, scanned)
    template = "immunize/vaccines_part.html" if request.htmx else "immunize/vaccines.html"
    return render(request, template, context, status=form.status)


def _prepared(patient: Patient, day: Day, form: Typed, part: str) -> dict[str, Any]:
    """What is settled before the needle, as the page shows it."""
    typed = form.values if part == "screening" else {}
    answers = {**day.answers, **{key: value for key, value in typed.items() if value}}
    covered = coverages_of(patient.pk)
    found = day.findings
    cleared = day.preparation.cleared if day.preparation else {}
    screened = bool(day.preparation and day.preparation.screened_at) and not day.open_questions
    return {
        "questions": [
            {"question": one, "answer": answers.get(one.key, ""), "error": form.errors.get(one.key, "")}
            for one in day.questions
        ],
        "findings": [(one, _named(day, one.cvxs), cleared.get(one.question)) for one in found],
        "screened": screened,
        "clear": screened and all(one.question in cleared for one in found if one.holds),
        "vis_missing": day.vis_missing(),
        "vis_given": [
            {
                "title": one["title"],
                "edition": date.fromisoformat(one["edition"]),
                "language": words.LANGUAGES[one["language"]],
                "how": words.VIS_HOW[one["how"]],
            }
            for one in (day.preparation.vis if day.preparation else [])
        ],
        "vis_again": day.preparation is not None and bool(day.preparation.vis_emailed) and bool(day.to_give),
        "eligibilities": Eligibility.choices,
        "eligibility": (day.preparation.eligibility if day.preparation else "")
        or ("" if covered or day.age.years >= ADULT else Eligibility.UNINSURED.value),
        "asks_eligibility": day.age.years < ADULT,
        "consented": all(day.consented(one) for one in day.to_give),
        "vis_languages": list(words.LANGUAGES.items()),
        "vis_hows": list(words.VIS_HOW.items()),
        "relationships": list(words.RELATIONSHIPS.items()),
    }


def _named(day: Day, cvxs: Sequence[str]) -> str:
    """Which of the planned vaccines a finding is about; nothing when it is about all of them."""
    names = [one.display for one in day.plan if one.cvx in cvxs]
    return "" if len(names) == len(day.plan) else ", ".join(names)


Act = Callable[[Encounter], object]


def _act(
    request: StaffRequest, patient_id: UUID, part: str, form: Typed, act: Act, said: str, scanned: UUID | None = None
) -> HttpResponse:
    """Do one thing in the encounter that is going on; what is wrong is said on the page, beside its field."""
    try:
        encounter = encounter_now(patient_id)
        if encounter is None:
            raise Conflict("not-here", "Check the patient in first: a vaccine is given in a visit.")
        act(encounter)
    except ON_THE_FORM as refusal:
        return show(request, patient_id, form.refuse(refusal), part, scanned)
    return done(request, said, reverse("vaccines", args=[patient_id]))


def _posted(part: str, fields: tuple[str, ...], act: Callable[[Actor, UUID, Typed], object], said: str) -> View:
    """The view of a form that does one thing in the encounter: `act` is given the encounter's id and what was typed."""

    @require_POST
    @patient_page("immunize.write")
    def view(request: StaffRequest, patient_id: UUID) -> HttpResponse:
        form = Typed.sent(request.POST, fields)
        return _act(request, patient_id, part, form, lambda encounter: act(request.actor, encounter.pk, form), said)

    return view


plan = _posted(
    "plan",
    ("cvx", "despite"),
    lambda actor, encounter, form: actions.plan(actor, encounter, form.text("cvx"), despite=form.text("despite")),
    "On the plan.",
)
not_given = _posted(
    "not-given",
    ("cvx", "reason_code", "note"),
    lambda actor, encounter, form: actions.not_given(
        actor, encounter, form.text("cvx"), form.text("reason_code"), form.text("note")
    ),
    "Noted as not given.",
)
eligibility = _posted(
    "eligibility",
    ("eligibility",),
    lambda actor, encounter, form: actions.say_eligibility(actor, encounter, form.text("eligibility")),
    "Noted.",
)
clear = _posted(
    "clear",
    ("question", "reason"),
    lambda actor, encounter, form: actions.clear(actor, encounter, form.text("question"), form.text("reason")),
    "Noted.",
)
vis = _posted(
    "vis",
    ("language", "how"),
    lambda actor, encounter, form: actions.hand_over_vis(actor, encounter, form.text("language"), form.text("how")),
    "Noted with the edition’s date.",
)
send_vis = _posted(
    "vis",
    (),
    lambda actor, encounter, form: actions.send_vis(actor, encounter),
    "The link is on its way once more.",
)
consent = _posted(
    "consent",
    ("consent_by", "consent_relationship"),
    lambda actor, encounter, form: actions.consent(
        actor, encounter, form.text("consent_by"), form.text("consent_relationship")
    ),
    "Consent noted.",
)
end_watch = _posted(
    "watch",
    ("outcome", "note"),
    lambda actor, encounter, form: actions.end_watch(actor, encounter, form.text("outcome"), form.text("note")),
    "The observation is over.",
)


@require_POST
@patient_page("immunize.write")
def take_off(request: StaffRequest, patient_id: UUID, planned_id: UUID) -> HttpResponse:
    """Take a vaccine off the plan."""
    return _act(
        request, patient_id, "plan", Typed(), lambda e: actions.take_off(request.actor, planned_id), "Taken off."
    )


@require_POST
@patient_page("immunize.write")
def screening(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Keep the answers to the screening questions."""
    answers = {key[2:]: str(value) for key, value in request.POST.items() if key.startswith("q-")}
    form = Typed({**dict.fromkeys(answers, ""), **answers, "details": request.POST.get("details", "").strip()})
    asked = request.POST.get("asked", "").split()
    form.values = {**dict.fromkeys(asked, ""), **form.values}
    return _act(
        request,
        patient_id,
        "screening",
        form,
        lambda e: actions.screen(request.actor, e.pk, answers, form.text("details")),
        "Screened.",
    )


@require_POST
@patient_page("immunize.write")
def give(request: StaffRequest, patient_id: UUID, planned_id: UUID) -> HttpResponse:
    """Give a dose: every right is checked, the stock goes down, the watch begins."""
    form = Typed.sent(request.POST, ("stock", "dose_ml", "route", "body_site", "borrow_reason", "note"))
    form.values |= {"identifiers": request.POST.getlist("identifiers"), "planned": str(planned_id)}

    def act(_: Encounter) -> Immunization:
        return give_dose(
            request.actor,
            planned_id,
            stock_id=_chosen(form.text("stock")),
            identifiers=form.values["identifiers"],
            dose_ml=_volume(form.text("dose_ml")),
            route=form.text("route"),
            body_site=form.text("body_site"),
            borrow_reason=form.text("borrow_reason"),
            note=form.text("note"),
        )

    return _act(request, patient_id, "give", form, act, "Given, written down, and taken from stock.")


def _chosen(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("no-stock", "Scan the package, or choose the lot.", "stock")


def _volume(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".")) if text else None
    except InvalidOperation:
        raise Invalid("right-dose", "Write the dose as a number of mL, like 0.5.", "dose_ml")


@require_POST
@patient_page("immunize.write")
def scan(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A package's bar code, as a scanner types it: the lot is chosen in the form of its vaccine."""
    form = Typed.sent(request.POST, ("code",))
    try:
        encounter = encounter_now(patient_id)
        if encounter is None or encounter.site_id is None:
            raise Conflict("not-here", "Check the patient in first: a vaccine is given in a visit.", "code")
        found = read_code(form.text("code"))
        in_stock = [
            one
            for one in stock_at(encounter.site_id, [found.cvx] if found.cvx else [])
            if not found.lot or one.lot.number == found.lot.upper()
        ]
        if not in_stock:
            lot = f", lot {found.lot}" if found.lot else ""
            raise Invalid("not-in-stock", f"This package{lot} is not in stock here. Receive it first.", "code")
    except ON_THE_FORM as refusal:
        return show(request, patient_id, form.refuse(refusal), "scan")
    form.values["code"] = ""
    return show(request, patient_id, form, "scan", in_stock[0].pk)


@require_GET
@patient_page("immunize.read")
def statements(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A sheet with the information statements of the planned vaccines, to print or to open on the patient's phone."""
    patient = patient_for(request.actor, patient_id, why="vaccine information")
    encounter = encounter_now(patient.pk)
    found = shown.statements_of(day_of(encounter, patient)) if encounter else []
    if not found:
        raise NotFound("nothing-planned", "No vaccine is planned. Put one on the plan first.")
    answer = HttpResponse(sheet(patient, found), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="vaccine-information.pdf"'
    return answer
