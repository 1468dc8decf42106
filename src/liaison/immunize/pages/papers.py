"""Pages of what a patient takes along: certificate, school form, SMART Health Card; and the keys for verifiers."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.engines import healthcards
from liaison.immunize import health_cards
from liaison.immunize.health_cards import Issued
from liaison.immunize.papers.certificate import certificate as certificate_pdf
from liaison.immunize.papers.health_card import health_card as health_card_pdf
from liaison.immunize.papers.health_card import picture
from liaison.immunize.papers.school import school_form as school_pdf
from liaison.immunize.queries.history import history_for
from liaison.kernel import clock
from liaison.kernel.errors import Conflict
from liaison.people.glass import patient_page
from liaison.people.typed import StaffRequest
from liaison.places.models import Site


@require_GET
@patient_page("immunize.read")
def certificate(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The certificate of immunization, to print."""
    told = history_for(request.actor, patient_id, clock.today(timezone.get_default_timezone()))
    return _pdf(certificate_pdf(told, issuing_site(request)), "certificate")


@require_GET
@patient_page("immunize.read")
def school_form(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The school form, to print."""
    told = history_for(request.actor, patient_id, clock.today(timezone.get_default_timezone()))
    return _pdf(school_pdf(told, issuing_site(request)), "school-form")


@require_http_methods(["GET", "POST"])
@patient_page("immunize.read")
def health_card(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The SMART Health Card: its picture, the doses on it, and the ways to take it along."""
    sorry = ""
    try:
        issued = _issued(request, patient_id)
    except Conflict as refusal:
        sorry = refusal.sentence
        issued = _issue(request, patient_id, None)
    issuer = _issuer(request)
    context = {
        "patient": issued.patient,
        "issued": issued,
        "pictures": [picture(card) for card in issued.cards],
        "issuer": issuer,
        "known": issuer.startswith("https://"),
        "sorry": sorry,
    }
    return render(request, "immunize/health_card.html", context, status=422 if sorry else 200)


@require_POST
@patient_page("immunize.read")
def health_card_file(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The card as a file for a telephone's wallet."""
    issued = _issued(request, patient_id)
    answer = HttpResponse(healthcards.card_file(issued.cards), content_type=healthcards.FILE_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="immunizations.smart-health-card"'
    return answer


@require_POST
@patient_page("immunize.read")
def health_card_print(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The card to print."""
    issued = _issued(request, patient_id)
    today = clock.today(timezone.get_default_timezone())
    return _pdf(
        health_card_pdf(issued.patient, issuing_site(request), today, issued.cards, issued.chosen), "health-card"
    )


@require_GET
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys of this practice's health cards, for any verifier (RFC 7517)."""
    answer = JsonResponse(health_cards.ring().jwks())
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _issued(request: StaffRequest, patient_id: UUID) -> Issued:
    """The cards of the doses that were ticked; of those that the practice answers for when nothing was asked."""
    if request.method == "GET":
        return _issue(request, patient_id, None)
    only = set()
    for text in request.POST.getlist("dose"):
        try:
            only.add(UUID(text))
        except ValueError:
            continue
    return _issue(request, patient_id, only)


def _issue(request: StaffRequest, patient_id: UUID, only: set[UUID] | None) -> Issued:
    site = issuing_site(request)
    practice = site.organization.name if site else ""
    return health_cards.issue(request.actor, patient_id, issuer=_issuer(request), practice=practice, only=only)


def _issuer(request: HttpRequest) -> str:
    """The address under which verifiers find the keys: the practice's own, else that of this request."""
    return settings.ADDRESS or f"{request.scheme}://{request.get_host()}"


def issuing_site(request: StaffRequest) -> Site | None:
    """The site that a paper is issued by: that of who prints it, else any."""
    sites = Site.objects.select_related("organization").filter(active=True)
    own = request.staff.site_id
    return (sites.filter(pk=own).first() if own else None) or sites.order_by("name").first()


def _pdf(body: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
