"""Authorizations and referrals on the screen: asked for, typed in, decided, and what has used them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing import queries
from liaison.billing.actions import authorizations as actions
from liaison.billing.models import Authorization
from liaison.billing.pages.shown import chosen, named
from liaison.billing.queries import authorizations as asked
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.glass import patient_page
from liaison.people.queries import patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

_FIELDS = (
    "coverage", "kind", "number", "service", "codes", "diagnoses", "counted", "quantity", "starts", "ends", "provider",
    "referred_by",
)  # fmt: skip
_MOST = 99_999
_S = Authorization.Status
_OUTCOMES = (
    (_S.CERTIFIED, "certified"),
    (_S.PENDED, "not decided yet"),
    (_S.DENIED, "denied"),
    (_S.CANCELLED, "not needed any more"),
)


@require_http_methods(["GET", "POST"])
@patient_page("billing.coverage")
def add(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Ask the payer for an authorization or referral, or write down one that was given."""
    patient = patient_for(request.actor, patient_id, why="authorization")
    held = [one for one in people.all_coverages(patient_id) if one.active]
    first = str(held[0].pk) if held else ""
    today = clock.today(timezone.get_current_timezone()).isoformat()
    form = Typed({"kind": request.GET.get("kind", ""), "counted": "visits", "coverage": first, "starts": today})
    if request.method == "POST":
        form = Typed.sent(request.POST, _FIELDS)
        ask = request.POST.get("how") == "ask"
        try:
            coverage_id = chosen(form.text("coverage"), "coverage")
            if coverage_id not in {one.pk for one in held}:
                raise Invalid("no-coverage", "Choose one of the patient’s coverages.", "coverage")
            act = actions.request_authorization if ask else actions.note_authorization
            row = act(request.actor, coverage_id, **_facts(form, ask=ask))
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, _said(row), reverse("authorization", args=[row.pk]))
    doctors = people.providers()
    context = {
        "patient": patient,
        "coverages": [(str(one.pk), named(one)) for one in held],
        "kinds": Authorization.Kind.choices,
        "counted": Authorization.Counted.choices,
        "doctors": [(str(one.pk), one.full) for one in doctors],
        "can_ask": queries.can_ask_payers(),
    }
    return shown(request, "billing/coverage/authorize.html", form, **context)


def _facts(form: Typed, *, ask: bool) -> dict[str, Any]:
    starts = form.day("starts")
    if starts is None:
        raise Invalid("no-day", "Choose the first day on which it may be used.", "starts")
    if form.text("kind") not in Authorization.Kind.values:
        raise Invalid("no-kind", "Choose authorization or referral.", "kind")
    doctor = form.text("provider")
    return {
        "kind": form.text("kind"),
        "service": form.text("service"),
        "codes": form.text("codes").replace(",", " ").split(),
        "diagnoses": form.text("diagnoses").replace(",", " ").split(),
        "counted": form.text("counted") if form.text("counted") in Authorization.Counted.values else "visits",
        "quantity": form.number("quantity", _MOST),
        "starts": starts,
        "ends": form.day("ends"),
        "provider_id": chosen(doctor, "provider") if doctor else None,
        "referred_by": form.text("referred_by"),
        **({} if ask else {"number": form.text("number")}),
    }


def _said(row: Authorization) -> str:
    words = f"{row.get_kind_display()} {row.number}".strip()
    return f"{words}: {row.get_status_display()}. {row.note}".strip()


@require_GET
@page("people.read")
def one(request: StaffRequest, authorization_id: UUID) -> HttpResponse:
    """An authorization or referral, what is left of it, and what has used it."""
    row = asked.authorization_of(request.actor, authorization_id)
    return _one(request, row, Typed(_on_file(row)))


def _on_file(row: Authorization) -> dict[str, Any]:
    return {
        "status": row.status if row.status in dict(_OUTCOMES) else _S.CERTIFIED,
        "number": row.number,
        "quantity": "" if row.quantity is None else str(row.quantity),
        "starts": row.starts.isoformat(),
        "ends": row.ends.isoformat() if row.ends else "",
    }


def _one(request: StaffRequest, row: Authorization, form: Typed) -> HttpResponse:
    context = {
        "row": row,
        "patient": row.patient,
        "uses": asked.uses_of(row.pk),
        "outcomes": _OUTCOMES,
        "may_decide": request.actor.may("billing.coverage"),
        "may_ask": request.actor.may("billing.coverage") and row.status == _S.REQUESTED and queries.can_ask_payers(),
    }
    return shown(request, "billing/coverage/authorization.html", form, **context)


@require_POST
@page("billing.coverage")
def decide(request: StaffRequest, authorization_id: UUID) -> HttpResponse:
    """Write down what the payer decided by telephone or letter, or correct what is on file."""
    row = asked.authorization_of(request.actor, authorization_id)
    form = Typed.sent(request.POST, ("status", "number", "quantity", "starts", "ends"))
    try:
        starts = form.day("starts")
        row = actions.decide(
            request.actor,
            authorization_id,
            status=form.text("status"),
            number=form.text("number"),
            quantity=form.number("quantity", _MOST),
            ends=form.day("ends"),
            **({"starts": starts} if starts else {}),
        )
    except ON_THE_FORM as refusal:
        return _one(request, row, form.refuse(refusal))
    return done(request, _said(row), reverse("authorization", args=[authorization_id]))


@require_POST
@page("billing.coverage")
def ask_again(request: StaffRequest, authorization_id: UUID) -> HttpResponse:
    """Ask the payer again about a request that was not answered."""
    asked.authorization_of(request.actor, authorization_id)
    row = actions.ask_review(request.actor, authorization_id)
    return done(request, _said(row), reverse("authorization", args=[authorization_id]))
