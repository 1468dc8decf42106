"""A patient’s account: visits, payments, receipts."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries
from liaison.billing.actions.payments import METHODS
from liaison.billing.pages.shown import chosen, once
from liaison.kernel import money
from liaison.people.access import page
from liaison.people.glass import patient_page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown


@require_GET
@patient_page("billing.read")
def account(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's account by visit, with the way to take a payment."""
    return _account(request, patient_id, None)


def _account(request: StaffRequest, patient_id: UUID, form: Typed | None) -> HttpResponse:
    view = queries.account_for(request.actor, patient_id)
    owed = max(0, view.balance_cents)
    owing = [str(one.encounter_id or "") for one in view.visits if one.balance_cents]
    # What is owed for one visit alone is paid for that visit
    meant = owing[0] if owed and len(owing) == 1 else ""
    form = form or Typed({"cents": f"{owed / 100:.2f}" if owed else "", "method": "card", "encounter": meant})
    visits = [(str(v.encounter_id), f"{v.day:%b} {v.day.day}, {v.title}") for v in view.visits if v.encounter_id]
    context = {
        "view": view,
        "patient": view.patient,
        "methods": [(one, one) for one in METHODS],
        "visits": visits,
        "may_collect": request.actor.may("billing.collect"),
        "may_settle": request.actor.may("books.read"),
    }
    return shown(request, "billing/account.html", form, **context)


@require_POST
@patient_page("billing.collect")
def pay(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take a payment under a receipt number."""
    form = Typed.sent(request.POST, ("cents", "method", "encounter", "memo"))
    try:
        encounter = form.text("encounter")
        transfer = actions.take_payment(
            request.actor,
            patient_id,
            cents=form.cents("cents"),
            method=form.text("method"),
            encounter_id=chosen(encounter, "encounter") if encounter else None,
            memo=form.text("memo"),
            site_id=request.staff.site_id,
            once=once(request),
        )
    except ON_THE_FORM as refusal:
        return _account(request, patient_id, form.refuse(refusal))
    words = f"Receipt {transfer.receipt}: {money.dollars(transfer.cents)} taken."
    return done(request, words, reverse("account", args=[patient_id]))


@require_GET
@page("billing.collect")
def receipt(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """The receipt of a patient's payment, to print."""
    transfer = queries.receipt_for(request.actor, transfer_id)
    answer = HttpResponse(actions.receipt_pdf(transfer), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="receipt-{transfer.receipt}.pdf"'
    return answer
