"""Check-in: two identifiers, demographics, coverage, consents, copayment."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing.actions import receipt_pdf
from liaison.billing.models import Transfer
from liaison.kernel import money
from liaison.kernel.errors import Invalid, NotFound, Refused
from liaison.people import actions as people
from liaison.people.access import page
from liaison.people.queries import missing_consents
from liaison.people.typed import StaffRequest
from liaison.visits import actions, queries
from liaison.visits.pages.answers import onward
from liaison.visits.pages.working import show

DEMOGRAPHICS = ("phone", "email", "line", "city", "state", "postal_code", "preferred")
SELF_PAY = "self-pay"


@require_POST
@page("visits.check_in")
def check_in(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Check the patient in; demographics that were mended on the form are saved with it."""
    actor, typed = request.actor, request.POST
    try:
        visit = queries.visit_for(actor, visit_id)
        coverage, mended = typed.get("coverage_id", ""), {k: typed[k].strip() for k in DEMOGRAPHICS if k in typed}
        with transaction.atomic():
            if mended:
                people.update(actor, visit.patient_id, **mended)
            actions.check_in(
                actor,
                visit_id,
                identifiers=typed.getlist("identifiers"),
                demographics_confirmed=bool(typed.get("demographics_confirmed")),
                coverage_id=_uuid(coverage) if coverage not in ("", SELF_PAY) else None,
                self_pay=coverage == SELF_PAY,
                consents=_consents(request, visit.patient_id),
                copay_cents=_cents(typed.get("copay_cents", "")),
                copay_method=typed.get("copay_method", ""),
                copay_waived_reason=typed.get("copay_waived_reason", ""),
                no_address_reason=typed.get("no_address_reason", ""),
            )
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("coverage", "Choose the coverage, or say that the patient pays.", field="coverage_id")


def _cents(text: str) -> int:
    if not text.strip():
        return 0
    try:
        cents = money.cents(text)
    except ValueError as wrong:
        raise Invalid("not-an-amount", str(wrong), field="copay_cents")
    if cents < 0:
        raise Invalid("not-an-amount", "A payment is more than nothing.", field="copay_cents")
    return cents


def _consents(request: StaffRequest, patient_id: UUID) -> list[dict[str, Any]]:
    signed = []
    for form in missing_consents(patient_id):
        name = request.POST.get(f"signed-{form.key}", "").strip()
        if name:
            relationship = request.POST.get(f"relationship-{form.key}", "self")
            signed.append({"key": form.key, "signed_by": name, "relationship": relationship})
    return signed


@require_GET
@page("billing.collect")
def receipt(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The copayment's receipt, to print."""
    visit = queries.visit_for(request.actor, visit_id)
    paid = Transfer.objects.filter(encounter=visit.encounter, kind=Transfer.Kind.COPAY).order_by("-at").first()
    if visit.encounter_id is None or paid is None:
        raise NotFound("no-receipt", "No copayment was taken at this visit.")
    return pdf(receipt_pdf(paid), f"receipt-{paid.receipt}")


def pdf(body: bytes, name: str) -> HttpResponse:
    """A PDF to look at and print; its name holds no patient's data."""
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
