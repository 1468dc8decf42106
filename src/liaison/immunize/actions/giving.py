"""The needle: the seven rights checked, the dose taken from stock, written down, the patient watched."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from liaison.chart.actions import signer
from liaison.immunize.actions.opening import open_plan
from liaison.immunize.models import Eligibility, Immunization, PlannedDose, Preparation, Source, Watch
from liaison.immunize.queries.encounter import Day, day_of
from liaison.immunize.queries.leaflets import statements
from liaison.immunize.queries.seen import seen_of
from liaison.immunize.queries.trial import try_dose
from liaison.immunize.rights import Facts, refusal
from liaison.immunize.rules import GIVING, how_to_give, rule
from liaison.immunize.screening import YES
from liaison.kernel.errors import NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.rows import row
from liaison.supplies import actions as supplies
from liaison.supplies.models import Funding, Stock

_FUNDING = {
    Eligibility.PRIVATE: Funding.PRIVATE,
    Eligibility.MEDICAID: Funding.VFC,
    Eligibility.UNINSURED: Funding.VFC,
    Eligibility.NATIVE: Funding.VFC,
    Eligibility.UNDERINSURED: Funding.VFC,
    Eligibility.STATE: Funding.STATE,
}


def funding_for(eligibility: str) -> Funding:
    """From whose doses a patient is given; an adult of whom nobody asked gets the practice's own."""
    return _FUNDING[Eligibility(eligibility)] if eligibility else Funding.PRIVATE


def give(
    actor: Actor,
    planned_id: UUID,
    *,
    stock_id: UUID,
    identifiers: Sequence[str],
    dose_ml: Decimal | None,
    route: str,
    body_site: str = "",
    borrow_reason: str = "",
    note: str = "",
) -> Immunization:
    """Give a planned dose from a lot in stock, and watch the patient. Events immunize.recorded and immunize.watch.

    Every right is checked first (`rights.CHECKS`), then the dose leaves the stock, which refuses what is expired,
    quarantined, used up, or of another funding than the patient's eligibility (unless it is borrowed with a reason).
    """
    with change(actor, "immunize.write") as this:
        performer = signer(actor)
        planned, encounter = open_plan(actor, planned_id)
        patient, stock = encounter.patient, row(Stock, stock_id, "lot", "unit")
        if stock is None or stock.unit.site_id != encounter.site_id:
            raise NotFound("no-stock", "There is no such lot in stock here. Scan or choose one again.", "stock")
        day, item = day_of(encounter, patient), stock.lot.item
        facts = Facts(
            plan=planned,
            preparation=day.preparation,
            age=day.age,
            how_to=how_to_give(planned.cvx, day.age, patient.sex, day.weight_kg),
            trial=try_dose(seen_of(patient, day.on), planned.cvx, day.on, [item.mvx]),
            stock_cvx=item.cvx,
            open_questions=day.open_questions,
            findings=day.findings,
            vis_missing=[one.title for one in day.vis_missing(planned.cvx)],
            consented=day.consented(planned),
            identifiers=identifiers,
            dose_ml=float(dose_ml) if dose_ml is not None else None,
            route=route,
            body_site=body_site,
        )
        refused = refusal(facts)
        if refused is not None:
            raise refused
        assert day.preparation is not None
        assert dose_ml is not None
        funding = funding_for(day.preparation.eligibility)
        dose = Immunization(
            patient_id=patient.pk,
            encounter_id=encounter.pk,
            cvx=planned.cvx,
            display=planned.display,
            occurred_at=this.at,
            here=True,
            source=Source.GIVEN,
            lot_number=stock.lot.number,
            expires_on=stock.lot.expires_on,
            mvx=item.mvx,
            ndc=item.ndc,
            dose_quantity=dose_ml,
            dose_unit="mL",
            route=route,
            body_site=body_site,
            funding=stock.funding,
            eligibility=day.preparation.eligibility,
            stock_id=stock.pk,
            performer_id=performer,
            ordered_by_id=planned.ordered_by_id,
            standing_order_id=planned.standing_order_id,
            vis=_handed_over(day.preparation, planned.cvx),
            note=note.strip()[:300],
            recorded_by_id=performer,
            recorded_at=this.at,
        )
        supplies.use(actor, stock.pk, for_id=dose.pk, funding=funding, borrow_reason=borrow_reason)
        this.save(dose)
        planned.status, planned.immunization = PlannedDose.Status.GIVEN, dose
        this.save(planned, "status", "immunization")
        _watch(this, day)
        this.event(
            "immunize.recorded",
            immunization=dose.pk,
            patient=patient.pk,
            encounter=encounter.pk,
            source=Source.GIVEN.value,
        )
        return dose


def _handed_over(preparation: Preparation, cvx: str) -> list[dict[str, str]]:
    """The statements of this vaccine, as they were handed over."""
    wanted = {(one.title, one.edition.isoformat()) for one in statements([cvx])}
    return [one for one in preparation.vis if (one["title"], one["edition"]) in wanted]


def _watch(this: Change, day: Day) -> Watch:
    """Let the patient be watched from the last dose on, longer where an earlier vaccine caused a severe reaction."""
    body, _ = rule(GIVING)
    reacted = day.answers.get("severe_reaction") == YES
    minutes = body["longer_watch_minutes"] if reacted else body["watch_minutes"]
    watch = day.watch or Watch(patient_id=day.encounter.patient_id, encounter_id=day.encounter.pk, begins_at=this.at)
    watch.ends_at = this.at + timedelta(minutes=minutes)
    watch.ended_at, watch.ended_by_id, watch.outcome = None, None, ""
    this.save(watch)
    this.event("immunize.watch", encounter=day.encounter.pk, patient=day.encounter.patient_id)
    return watch
