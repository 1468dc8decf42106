"""What can be done about a patient's balance: statement, plan, write-off, refund, agency."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import queries
from liaison.billing.actions.books import balances, collecting
from liaison.billing.models import PaymentPlan, Placement, Statement, Transfer
from liaison.billing.pages.shown import chosen, once
from liaison.billing.papers.statements import stage_titles
from liaison.billing.queries import aging, limits
from liaison.billing.queries.statements import plans
from liaison.billing.rules import rule
from liaison.kernel import money
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.glass import patient_page
from liaison.people.typed import StaffRequest, Typed, done, shown

_FIELDS = {
    "write-off": ("write_cents", "write_reason", "write_note", "write_visit"),
    "refund": ("refund_cents", "refund_method", "refund_reason", "refund_reference"),
    "plan": ("plan_cents", "plan_first_on"),
    "end-plan": ("plan", "reason"),
    "place": ("agency",),
    "recall": ("placement", "reason"),
    "agency-paid": ("placement", "agency_cents", "agency_fee", "agency_reference"),
    "give-up": ("placement", "reason"),
    "void": ("receipt", "reason"),
}


@require_GET
@patient_page("books.read")
def settle(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's balance and the ways to settle it."""
    return _page(request, patient_id, Typed(), "")


def _page(request: StaffRequest, patient_id: UUID, form: Typed, act: str) -> HttpResponse:
    view = queries.account_for(request.actor, patient_id)
    placement = Placement.objects.filter(patient_id=patient_id, status=Placement.Status.PLACED).first()
    standing = plans(request.actor, patient_id)
    sent = list(Statement.objects.filter(patient_id=patient_id).order_by("-sequence")[:12])
    receipts = balances.voidable([line.transfer_id for line in view.lines if line.receipt])
    context = {
        "view": view,
        "patient": view.patient,
        "act": act,
        "aged": aging.aging_of(patient_id),
        "bands": aging.BANDS,
        "statements": list(zip(sent, stage_titles(one.stage for one in sent), strict=True)),
        "plan": next((one for one in standing if one.plan.status == "active"), None),
        "placement": placement,
        "placed_cents": collecting.placed_cents(patient_id) if placement else 0,
        "reasons": [(one["key"], one["title"]) for one in limits.reasons()],
        "visits": [
            (str(one.encounter_id), f"{one.day:%b} {one.day.day}, {one.title}: {money.dollars(one.balance_cents)}")
            for one in view.visits
            if one.encounter_id and one.balance_cents > 0
        ],
        "methods": [("check", "check"), ("cash", "cash"), ("card", "card")],
        "agencies": [(name, name) for name in rule("statement-rules")["agencies"]],
        "receipts": [(str(one.pk), f"{one.receipt}, {money.dollars(one.cents)}") for one in receipts[-20:]],
        "limit": limits.limit_of(request.actor, "write_off"),
        "refund_limit": limits.limit_of(request.actor, "refund"),
        "may_adjust": request.actor.may("books.adjust"),
        "may_send": request.actor.may("books.statements"),
        "here": "account",
    }
    return shown(request, "billing/books/settle.html", form, **context)


@require_POST
@patient_page("books.read")
def act(request: StaffRequest, patient_id: UUID, name: str) -> HttpResponse:
    """Do one of them; what was wrong is said beside its field."""
    form = Typed.sent(request.POST, _FIELDS.get(name, ()))
    try:
        words = _ACTS[name](request, patient_id, form) if name in _ACTS else ""
    except Invalid as refusal:
        return _page(request, patient_id, form.refuse(refusal), name)
    except Conflict as refusal:
        # Above the page: by what has happened meanwhile the form itself may be gone
        form.sorry = refusal.sentence
        return _page(request, patient_id, form, name)
    except Forbidden as refusal:
        if refusal.code != "over-the-limit":
            raise
        return _page(request, patient_id, form.refuse(refusal), name)
    return done(request, words or "There is nothing to do.", reverse("settle-account", args=[patient_id]))


def _own(model: type[PaymentPlan | Placement | Transfer], form: Typed, name: str, patient_id: UUID) -> UUID:
    """What was chosen of the patient's own. Raises Conflict for what belongs to somebody else."""
    key = chosen(form.text(name), name)
    if not model.objects.filter(pk=key, patient_id=patient_id).exists():
        raise Conflict("not-theirs", "This is not on the patient’s account. Look at what is there, then choose again.")
    return key


def _write_off(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    cents = form.cents("write_cents")
    balances.write_off_balance(
        request.actor, patient_id, cents=cents, reason=form.text("write_reason"), note=form.text("write_note"),
        encounter_id=chosen(form.text("write_visit"), "write_visit") if form.text("write_visit") else None,
        once=once(request),
    )  # fmt: skip
    return f"{money.dollars(cents)} written off."


def _refund(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    cents = form.cents("refund_cents")
    balances.refund_patient(
        request.actor, patient_id, cents=cents, method=form.text("refund_method"), reason=form.text("refund_reason"),
        reference=form.text("refund_reference"), site_id=request.staff.site_id,
        once=once(request),
    )  # fmt: skip
    return f"{money.dollars(cents)} refunded."


def _plan(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    first_on = form.day("plan_first_on")
    if first_on is None:
        raise Invalid("no-day", "Choose the day of the first instalment.", "plan_first_on")
    plan = collecting.agree_plan(request.actor, patient_id, cents=form.cents("plan_cents"), first_on=first_on)
    return f"Agreed: {len(plan.instalments)} instalments."


def _end_plan(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    collecting.end_plan(request.actor, _own(PaymentPlan, form, "plan", patient_id), form.text("reason"))
    return "The plan is ended."


def _place(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    placement = collecting.place(request.actor, patient_id, form.text("agency"))
    return f"{money.dollars(placement.cents)} placed with {placement.agency}."


def _recall(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    collecting.recall(request.actor, _own(Placement, form, "placement", patient_id), form.text("reason"))
    return "The balance is the patient’s here again."


def _agency_paid(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    collecting.agency_paid(
        request.actor, _own(Placement, form, "placement", patient_id), cents=form.cents("agency_cents"),
        fee_cents=form.cents("agency_fee"), reference=form.text("agency_reference"), once=once(request),
    )  # fmt: skip
    return "The agency’s payment is posted."


def _give_up(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    collecting.give_up(request.actor, _own(Placement, form, "placement", patient_id), form.text("reason"))
    return "The rest is bad debt."


def _void(request: StaffRequest, patient_id: UUID, form: Typed) -> str:
    counter = balances.void_payment(request.actor, _own(Transfer, form, "receipt", patient_id), form.text("reason"))
    return f"Taken back by {counter.receipt}."


_ACTS: dict[str, Callable[[StaffRequest, UUID, Typed], str]] = {
    "write-off": _write_off,
    "refund": _refund,
    "plan": _plan,
    "end-plan": _end_plan,
    "place": _place,
    "recall": _recall,
    "agency-paid": _agency_paid,
    "give-up": _give_up,
    "void": _void,
}
