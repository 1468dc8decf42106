"""A reaction after vaccines: the form, the VAERS report, and that it was sent."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.immunize import actions, words
from liaison.immunize.models import Immunization
from liaison.immunize.papers import vaers
from liaison.immunize.queries.encounter import encounter_now
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.glass import patient_page
from liaison.people.queries import patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, moment, shown

_FIELDS = ("description", "treatment", "tests", "outcome", "onset_day", "onset_time", "provider_told")
MOST_DOSES = 12
RECENT = timedelta(days=60)  # older doses are offered where there are no others


@require_http_methods(["GET", "POST"])
@patient_page("immunize.write")
def reaction(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Write a reaction down."""
    form = Typed.sent(request.POST, _FIELDS)
    form.values |= {name: request.POST.getlist(name) for name in ("doses", "signs", "results_in")}
    form.values["onset_at"] = ""
    if request.method == "POST":
        try:
            row = actions.report_reaction(
                request.actor,
                patient_id,
                doses=_ids(form.values["doses"]),
                onset_at=_moment(form),
                signs=form.values["signs"],
                description=form.text("description"),
                outcome=form.text("outcome"),
                treatment=form.text("treatment"),
                tests=form.text("tests"),
                results_in=form.values["results_in"],
                provider_told=bool(form.text("provider_told")),
            )
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            said = "Written down. The report to VAERS is ready."
            return done(request, said, f"{reverse('vaccines', args=[patient_id])}#reaction-{row.pk}")
    return _page(request, patient_id, form)


def _ids(chosen: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in chosen]
    except ValueError:
        raise Invalid("no-dose", "Choose the doses that it followed.", "doses")


def _moment(form: Typed) -> datetime | None:
    if not form.text("onset_day") or not form.text("onset_time"):
        return None
    at = moment(f"{form.text('onset_day')}T{form.text('onset_time')}")
    if at is None:
        raise Invalid("onset", "Write the day and the time at which it began.", "onset_at")
    return at.replace(tzinfo=timezone.get_current_timezone())


def _page(request: StaffRequest, patient_id: UUID, form: Typed) -> HttpResponse:
    patient = patient_for(request.actor, patient_id, why="reaction after vaccines")
    encounter = encounter_now(patient.pk)
    now = clock.now().astimezone(timezone.get_current_timezone())
    given = Immunization.objects.filter(patient_id=patient.pk, status="completed").order_by("-occurred_at")
    rows = list(given.filter(occurred_at__gt=now - RECENT)[:MOST_DOSES]) or list(given[:MOST_DOSES])
    if request.method == "GET":
        form.values |= {"onset_day": f"{now:%Y-%m-%d}", "onset_time": f"{now:%H:%M}", "outcome": "recovering"}
        form.values["doses"] = [str(one.pk) for one in rows if encounter and one.encounter_id == encounter.pk]
    return shown(
        request,
        "immunize/reaction.html",
        form,
        patient=patient,
        rows=[(one, str(one.pk) in form.values["doses"]) for one in rows],
        signs=[(key, said, key in form.values["signs"]) for key, said in words.SIGNS.items()],
        results=[(key, said, key in form.values["results_in"]) for key, said in words.RESULTS.items()],
        outcomes=list(words.OUTCOMES.items()),
        alarm=actions.anaphylaxis_like(form.values["signs"]),
    )


@require_GET
@patient_page("immunize.read")
def report(request: StaffRequest, patient_id: UUID, reaction_id: UUID) -> HttpResponse:
    """The report for VAERS, to print or copy from."""
    found = vaers.report_for(request.actor, patient_id, reaction_id)
    answer = HttpResponse(vaers.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="vaers-report.pdf"'
    return answer


@require_GET
@patient_page("immunize.read")
def report_file(request: StaffRequest, patient_id: UUID, reaction_id: UUID) -> HttpResponse:
    """The same as a file for another program."""
    found = vaers.report_for(request.actor, patient_id, reaction_id)
    answer = HttpResponse(vaers.as_json(found), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="vaers-report.json"'
    return answer


@require_POST
@patient_page("immunize.write")
def sent(request: StaffRequest, patient_id: UUID, reaction_id: UUID) -> HttpResponse:
    """Note that the report was sent."""
    actions.reaction_sent(request.actor, reaction_id, request.POST.get("vaers_number", ""))
    return done(request, "Noted as sent.", reverse("vaccines", args=[patient_id]))
