"""Payment plans, and balances placed with a collection agency."""

from datetime import date, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta

from liaison.billing import ledger
from liaison.billing.actions.books.spreading import Part, held, opened, post, spread
from liaison.billing.books import days
from liaison.billing.models import Account, PaymentPlan, Placement, Statement, Transfer
from liaison.billing.rules import rule
from liaison.kernel import money
from liaison.kernel.clock import told
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change

A, K = Account, Transfer.Kind
_MOST_INSTALMENTS = 60


def agree_plan(actor: Actor, patient_id: UUID, *, cents: int, first_on: date) -> PaymentPlan:
    """Agree that a patient pays what is owed in monthly instalments of `cents`. Event billing.plan_agreed.

    Raises Invalid, Conflict where nothing is owed, or a plan is there already.
    """
    if cents <= 0:
        raise Invalid("bad-amount", "Type an amount above zero.", "plan_cents")
    if not days.today() <= first_on <= days.today() + timedelta(days=92):
        raise Invalid("bad-day", "Choose a first day from today on, three months ahead at most.", "plan_first_on")
    with change(actor, "books.statements", patient_id=patient_id) as this:
        opened(actor, patient_id)
        if PaymentPlan.objects.filter(patient_id=patient_id, status=PaymentPlan.Status.ACTIVE).exists():
            raise Conflict("plan-there", "The patient has a payment plan already. End it first.", "plan_cents")
        owed = sum(part.cents for part in held(A.PATIENT_RECEIVABLE, patient_id))
        if owed <= 0:
            raise Conflict("nothing-owed", "The patient owes nothing.", "plan_cents")
        if owed > cents * _MOST_INSTALMENTS:
            raise Invalid("too-long", f"That takes more than {_MOST_INSTALMENTS} months. Agree on more.", "plan_cents")
        plan = this.save(
            PaymentPlan(
                patient_id=patient_id,
                agreed_at=this.at,
                agreed_by=actor.name[:120],
                cents=owed,
                instalments=_instalments(owed, cents, first_on),
            )
        )
        this.event("billing.plan_agreed", plan=plan.pk, patient=patient_id)
        return plan


def _instalments(owed: int, cents: int, first_on: date) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while owed > 0:
        on = first_on + relativedelta(months=len(found))
        found.append({"on": on.isoformat(), "cents": min(cents, owed)})
        owed -= cents
    return found


def end_plan(actor: Actor, plan_id: UUID, reason: str) -> PaymentPlan:
    """End a payment plan: notices go out again. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the plan ends.", "reason")
    return _end(actor, plan_id, PaymentPlan.Status.ENDED, reason.strip())


def keep_plan(actor: Actor, plan_id: UUID) -> PaymentPlan:
    """Note that a plan is paid."""
    return _end(actor, plan_id, PaymentPlan.Status.KEPT, "")


def _end(actor: Actor, plan_id: UUID, status: str, reason: str) -> PaymentPlan:
    with change(actor, "books.statements", reason=reason) as this:
        plan = PaymentPlan.objects.select_for_update().filter(pk=plan_id).first()
        if plan is None:
            raise NotFound("no-plan", "There is no such plan. Look at the account again.")
        if plan.status != PaymentPlan.Status.ACTIVE:
            raise Conflict("plan-over", "This plan is over already.")
        plan.status, plan.ended_at, plan.reason = status, this.at, reason[:200]
        this.save(plan, "status", "ended_at", "reason")
        this.event("billing.plan_ended", plan=plan.pk, patient=plan.patient_id)
        return plan


def place(actor: Actor, patient_id: UUID, agency: str) -> Placement:
    """Place what a patient owes with a collection agency, after the final notice. Event billing.placed.

    Raises Invalid without an agency, Conflict before the final notice has run out or where nothing is owed.
    """
    agency = " ".join(agency.split())
    if not agency:
        raise Invalid("no-agency", "Name the agency.", "agency")
    with change(actor, "books.statements", reason=agency, patient_id=patient_id) as this:
        opened(actor, patient_id)
        parts = held(A.PATIENT_RECEIVABLE, patient_id)
        owed = sum(part.cents for part in parts)
        if owed <= 0:
            raise Conflict("nothing-owed", "The patient owes nothing.", "agency")
        if PaymentPlan.objects.filter(patient_id=patient_id, status=PaymentPlan.Status.ACTIVE).exists():
            raise Conflict("plan-there", "The patient has a payment plan. End it first.", "agency")
        _after_the_final_notice(patient_id)
        placement = this.save(
            Placement(
                patient_id=patient_id, agency=agency[:120], placed_at=this.at, placed_by=actor.name[:120], cents=owed
            )
        )
        post(
            this, patient_id, K.COLLECTIONS, A.COLLECTIONS, A.PATIENT_RECEIVABLE, spread(parts, owed),
            memo=agency[:200],
        )  # fmt: skip
        this.event("billing.placed", placement=placement.pk, patient=patient_id)
        return placement


def _after_the_final_notice(patient_id: UUID) -> None:
    """Raises Conflict while the patient may still answer the last notice."""
    body = rule("statement-rules")
    last = Statement.objects.filter(patient_id=patient_id).order_by("-sequence").first()
    if last is None or last.stage != body["stages"][-1]["key"]:
        raise Conflict("no-final-notice", "Send the final notice first: it says that this may happen.", "agency")
    until = last.day + timedelta(days=body["collections_after_days"])
    if days.today() < until:
        raise Conflict("too-early", f"The final notice gives the patient until {told(until)}.", "agency")


def _placed(this: Change, actor: Actor, placement_id: UUID) -> tuple[Placement, list[Part]]:
    found = Placement.objects.filter(pk=placement_id).first()
    if found is None:
        raise NotFound("not-placed", "There is no such placement. Look at the account again.")
    opened(actor, found.patient_id)
    found.refresh_from_db()
    if found.status != Placement.Status.PLACED:
        raise Conflict("placement-over", "This balance is no longer with the agency.")
    return found, held(A.COLLECTIONS, found.patient_id)


def _finish(this: Change, placement: Placement, status: str, reason: str) -> Placement:
    placement.status, placement.ended_at, placement.reason = status, this.at, reason[:200]
    this.event("billing.placement_ended", placement=placement.pk, patient=placement.patient_id)
    return this.save(placement, "status", "ended_at", "reason")


def recall(actor: Actor, placement_id: UUID, reason: str) -> Placement:
    """Take a balance back from the agency: the patient owes it here again. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is taken back.", "reason")
    with change(actor, "books.statements", reason=reason.strip()) as this:
        placement, parts = _placed(this, actor, placement_id)
        back = [Part(part.encounter_id, -part.cents) for part in parts]
        post(this, placement.patient_id, K.COLLECTIONS, A.COLLECTIONS, A.PATIENT_RECEIVABLE, back)
        return _finish(this, placement, Placement.Status.RECALLED, reason.strip())


def agency_paid(
    actor: Actor, placement_id: UUID, *, cents: int, fee_cents: int = 0, reference: str = "", once: UUID | None = None
) -> Placement:
    """The agency has collected `cents` and kept its fee: the rest is in the bank. All paid settles the placement.

    Raises Invalid for a fee over the amount, Conflict for more than the agency holds, or where the form of the key
    `once` was sent before.
    """
    if cents <= 0 or not 0 <= fee_cents <= cents:
        raise Invalid("bad-amount", "Type what was collected, and a fee that is not more.", "agency_cents")
    with change(actor, "books.statements") as this:
        placement, parts = _placed(this, actor, placement_id)
        left = sum(part.cents for part in parts)
        if cents > left:
            raise Conflict("more-than-placed", f"The agency holds {money.dollars(left)}.", "agency_cents")
        facts = {
            "transaction": ledger.transaction_of(once), "reference": reference.strip()[:60],
            "memo": placement.agency, "at": this.at,
        }  # fmt: skip
        fee = spread(parts, fee_cents)
        rest = [Part(part.encounter_id, part.cents) for part in _less(parts, fee)]
        post(this, placement.patient_id, K.COLLECTIONS, A.FEES, A.COLLECTIONS, fee, **facts)
        post(this, placement.patient_id, K.COLLECTIONS, A.BANK, A.COLLECTIONS, spread(rest, cents - fee_cents), **facts)
        if cents == left:
            return _finish(this, placement, Placement.Status.DONE, "paid")
        return placement


def _less(parts: list[Part], taken: list[Part]) -> list[Part]:
    gone = {part.encounter_id: part.cents for part in taken}
    return [Part(part.encounter_id, part.cents - gone.get(part.encounter_id, 0)) for part in parts]


def give_up(actor: Actor, placement_id: UUID, reason: str) -> Placement:
    """The agency could not collect the rest: it is bad debt. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is given up.", "reason")
    with change(actor, "books.adjust", reason=reason.strip()) as this:
        placement, parts = _placed(this, actor, placement_id)
        post(
            this, placement.patient_id, K.COLLECTIONS, A.BAD_DEBT, A.COLLECTIONS,
            spread(parts, sum(part.cents for part in parts)),
        )  # fmt: skip
        return _finish(this, placement, Placement.Status.DONE, reason.strip())


def note_missed(actor: Actor, plan_id: UUID, days_missed: set[str]) -> bool:
    """Tell of instalments that were missed, each once. Event billing.instalment_missed. Gives whether there was one."""
    with change(actor, "books.statements") as this:
        plan = PaymentPlan.objects.select_for_update().get(pk=plan_id)
        fresh = [one for one in plan.instalments if one["on"] in days_missed and not one.get("told")]
        if not fresh:
            return False
        for one in fresh:
            one["told"] = True
        this.save(plan, "instalments")
        missed = len(days_missed)
        this.event("billing.instalment_missed", plan=plan.pk, patient=plan.patient_id, missed=missed)
        return True


def placed_cents(patient_id: UUID) -> int:
    """What the agency still holds of a patient's balance."""
    return sum(part.cents for part in held(A.COLLECTIONS, patient_id))
