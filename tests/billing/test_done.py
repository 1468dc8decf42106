"""Everything that was done in a visit is charged, however late it is written down, and nothing that was not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from liaison.billing.actions import confirm_charges, draft_charges, void_charge
from liaison.billing.models import Charge
from liaison.billing.queries.done import done_in
from liaison.billing.rules import packaged
from liaison.chart.models import Encounter, Procedure
from liaison.documents.actions import publish
from liaison.immunize import actions as vaccines
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.orders import actions as orders
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.record.outbox import deliver
from liaison.supplies import actions as supplies
from liaison.supplies.models import Item
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from tests.support.needle import HEP_A, HIB, MMR, VARICELLA, Needle, needle
from tests.support.practice import MONDAY, Practice, small_practice


@pytest.fixture
def practice(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def chair(practice: Practice) -> Needle:
    return needle(practice)


def rules(practice: Practice, **changed: Any) -> None:
    """Put the packaged charge rules in force, with changes at `part` or `part__entry`."""
    body = {**packaged("charge-rules")["body"]}
    for name, value in changed.items():
        part, _, entry = name.partition("__")
        body[part] = {**body[part], entry: value} if entry else value
    publish(practice.setup, kind="charge-rules", key="default", title="Charges", body=body)


def leave(chair: Needle) -> None:
    """The rest of the visit, until the patient has left and the events are dealt with."""
    practice, visit = chair.practice, chair.visit
    with chair.later(20):
        practice.all_steps(visit)
        for alert in Visit.objects.get(pk=visit.pk).alerts:
            visits.tell_provider(practice.ma, visit.pk, alert["code"])
        visits.hand_off(practice.ma, visit.pk)
        visits.begin_exam(practice.provider, visit.pk)
        visits.finish_exam(practice.provider, visit.pk, note="Well.", diagnoses=["Z00.129"], orders=[])
    with chair.later(60):
        if Immunization.objects.filter(encounter_id=chair.encounter_id, status="completed").exists():
            vaccines.end_watch(practice.ma, chair.encounter_id, "well")
        visits.check_out(practice.desk, visit.pk, follow_up_declined=True)
        deliver()


def examined(practice: Practice, **exam: Any) -> UUID:
    """The encounter of a visit in which a grown-up was examined."""
    encounter_id = practice.examined(**exam).encounter_id
    assert encounter_id is not None
    return encounter_id


def charged(chair: Needle) -> dict[str, int]:
    """Units of each code that is not void."""
    rows = Charge.objects.filter(encounter_id=chair.encounter_id).exclude(status=Charge.Status.VOID)
    return {charge.code: charge.units for charge in rows.order_by("code", "created_at")}


def give(chair: Needle, *cvxs: str, **prepared: str) -> list[Immunization]:
    with chair.later():
        planned = [chair.planned(cvx) for cvx in cvxs]
        chair.prepare(**prepared)
        return [chair.give(one) for one in planned]


def test_doses_charge_their_products_and_each_component(chair: Needle) -> None:
    give(chair, MMR, VARICELLA, HEP_A)
    leave(chair)
    assert charged(chair) == {"90633": 1, "90707": 1, "90716": 1, "90460": 3, "90461": 2, "99203": 1}
    mmr = Charge.objects.get(code="90707")
    assert (mmr.pointers, mmr.drug, mmr.display) == (["Z00.129"], {}, "MMR")


def test_without_a_providers_note_nobody_is_taken_to_have_counselled(chair: Needle) -> None:
    give(chair, MMR, VARICELLA)
    deliver()
    encounter = Encounter.objects.select_related("patient", "site").get(pk=chair.encounter_id)
    codes = {one.code: one.units for one in done_in([encounter])[encounter.pk].services}
    assert codes == {"90707": 1, "90716": 1, "90471": 1, "90472": 1}


def test_a_programmes_dose_charges_its_administration_alone(chair: Needle) -> None:
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare(eligibility="V03")
        chair.give(planned, stock_id=chair.stock[MMR, "vfc"].pk)
    leave(chair)
    assert charged(chair) == {"90460": 1, "90461": 2, "99203": 1}


def test_a_payer_that_wants_the_programmes_product_gets_it_at_nothing_and_the_modifier_proposed(chair: Needle) -> None:
    by_payer = {"PRAIRIE1": {"product": "zero", "modifier": "SL"}}
    rules(chair.practice, vaccines__funded_by_payer=by_payer)
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare(eligibility="V03")
        chair.give(planned, stock_id=chair.stock[MMR, "vfc"].pk)
    leave(chair)
    product = Charge.objects.get(code="90707")
    assert (product.cents, product.modifiers) == (0, [])
    assert [one["modifier"] for one in product.proposals] == ["SL"]


def test_a_refused_dose_charges_nothing(chair: Needle) -> None:
    with chair.later():
        vaccines.not_given(chair.practice.ma, chair.encounter_id, MMR, "refused", "Not today")
    leave(chair)
    assert charged(chair) == {"99203": 1}


def test_a_vaccine_without_a_code_is_told_of(chair: Needle) -> None:
    give(chair, HIB)
    leave(chair)
    assert charged(chair) == {"90460": 1, "99203": 1}
    encounter = Encounter.objects.select_related("patient", "site").get(pk=chair.encounter_id)
    (uncoded,) = done_in([encounter])[encounter.pk].uncoded
    assert "CVX 48" in uncoded.why
    body = {"by_cvx": {HIB: "90648"}}
    publish(chair.practice.setup, kind="charge-rules", key="vaccine-codes", title="Vaccine codes", body=body)
    draft_charges(chair.practice.setup, chair.encounter_id)
    assert charged(chair)["90648"] == 1


def test_a_dose_entered_in_error_takes_its_open_charges_off(chair: Needle) -> None:
    mmr, _ = give(chair, MMR, VARICELLA)
    leave(chair)
    with chair.later(70):
        vaccines.enter_in_error(chair.practice.ma, mmr.pk, "Another child's")
        deliver()
    assert charged(chair) == {"90716": 1, "90460": 1, "99203": 1}
    off = Charge.objects.get(code="90707")
    assert (off.status, off.voided_by) == (Charge.Status.VOID, "system")
    assert Charge.objects.get(code="90461").status == Charge.Status.VOID


def test_a_dose_entered_in_error_after_billing_is_a_persons_to_mend(chair: Needle) -> None:
    (mmr,) = give(chair, MMR)
    leave(chair)
    confirm_charges(chair.practice.biller, chair.encounter_id)
    with chair.later(70):
        vaccines.enter_in_error(chair.practice.ma, mmr.pk, "Another child's")
        deliver()
    assert charged(chair) == {"90707": 1, "90460": 1, "90461": 2, "99203": 1}
    told = OutboxEvent.objects.filter(name="billing.charged_in_error").values_list("payload", flat=True)
    assert {Charge.objects.get(pk=one["charge"]).code for one in told} == {"90707", "90460", "90461"}


def late_order(chair: Needle) -> None:
    """An EKG, ordered in the visit, is written down as done after the patient has left."""
    with change(chair.practice.ma, "orders.collect") as this:
        order = orders.Order(
            patient_id=chair.patient.pk, encounter_id=chair.encounter_id, key="ekg", display="EKG",
            category="procedure", status="completed", ordered_by=chair.practice.dr, ordered_at=clock.now(),
        )  # fmt: skip
        this.save(order)
        this.event("orders.completed", order=order.pk, encounter=chair.encounter_id, patient=chair.patient.pk)
    deliver()


def test_what_is_written_down_after_checkout_is_added_while_the_charges_are_open(chair: Needle) -> None:
    leave(chair)
    late_order(chair)
    late_order(chair)
    assert sorted(Charge.objects.values_list("code", flat=True)) == ["93000", "93000", "99203"]


def test_what_is_written_down_after_billing_is_told_and_added_by_a_person(chair: Needle) -> None:
    give(chair, MMR)
    leave(chair)
    confirm_charges(chair.practice.biller, chair.encounter_id)
    late_order(chair)
    assert "93000" not in charged(chair)
    assert OutboxEvent.objects.filter(name="billing.done_after_billing").count() == 1
    (added,) = draft_charges(chair.practice.biller, chair.encounter_id, after_billing=True)
    assert (added.code, added.status) == ("93000", "open")
    claim = confirm_charges(chair.practice.biller, chair.encounter_id)
    assert claim is not None
    assert [line["code"] for line in claim.lines] == ["93000"]
    draft_charges(chair.practice.biller, chair.encounter_id)
    assert OutboxEvent.objects.filter(name="billing.done_after_billing").count() == 1


def test_more_of_what_is_billed_is_charged_as_further_units(chair: Needle) -> None:
    give(chair, MMR)
    leave(chair)
    confirm_charges(chair.practice.biller, chair.encounter_id)
    later = Immunization.objects.get(cvx=MMR, encounter_id=chair.encounter_id)
    with change(chair.practice.ma, "immunize.write") as this:
        facts = {"occurred_at": later.occurred_at, "here": True, "display": "Varicella", "cvx": VARICELLA}
        this.save(Immunization(patient=chair.patient, encounter_id=chair.encounter_id, **facts))
    added = draft_charges(chair.practice.biller, chair.encounter_id, after_billing=True)
    assert {(one.source, one.code, one.units) for one in added if one.code == "90460"} == {
        ("vaccines:late", "90460", 1)
    }
    assert draft_charges(chair.practice.biller, chair.encounter_id, after_billing=True) == added


def test_what_a_person_voided_stays_off(chair: Needle) -> None:
    give(chair, MMR)
    leave(chair)
    void_charge(chair.practice.biller, Charge.objects.get(code="90461").pk, "The plan pays for one component")
    draft_charges(chair.practice.setup, chair.encounter_id)
    late_order(chair)
    assert charged(chair) == {"90707": 1, "90460": 1, "93000": 1, "99203": 1}
    assert Charge.objects.get(code="90461").void_reason == "The plan pays for one component"


def test_blood_is_collected_once_however_many_tests_it_is_for(practice: Practice) -> None:
    catalog = [
        {"key": key, "display": key, "category": "lab", "needs_specimen": True, "container": container,
         "charge": {"code": code, "cents": 1000}}
        for key, container, code in (
            ("a1c", "lavender top, 3 mL", "83036"), ("tsh", "gold top, 5 mL", "84443"),
            ("glucose", "finger stick", "82962"), ("urine", "clean-catch cup", "81003"),
        )
    ]  # fmt: skip
    publish(practice.setup, kind="order-catalog", key="default", title="Orders", body={"orders": catalog})
    encounter_id = examined(practice, orders=["a1c", "tsh", "glucose", "urine"])
    for order in orders.Order.objects.filter(encounter_id=encounter_id):
        orders.collect(practice.ma, order.pk)
        orders.complete(practice.ma, order.pk)
    drafted = draft_charges(practice.setup, encounter_id, visit_type="follow-up")
    assert [one.code for one in drafted] == ["99203", "83036", "84443", "82962", "81003", "36415"]


def test_an_injection_charges_the_drug_by_its_units_with_its_ndc_and_the_injection(practice: Practice) -> None:
    drug = {"ndc": "00641036725", "quantity": "1", "unit": "ML"}
    charge = {"code": "J1100", "display": "Dexamethasone, 1 mg", "units": 4, "cents": 150, "drug": drug}
    charge["also"] = [{"code": "96372", "display": "Injection", "cents": 2500}]
    entry = {"key": "dexa", "display": "Dexamethasone 4 mg IM", "category": "procedure", "charge": charge}
    publish(practice.setup, kind="order-catalog", key="default", title="Orders", body={"orders": [entry]})
    encounter_id = examined(practice, orders=["dexa"])
    orders.complete(practice.ma, orders.Order.objects.get().pk)
    drafted = draft_charges(practice.setup, encounter_id, visit_type="follow-up")
    assert [(one.code, one.units, one.cents) for one in drafted[1:]] == [("J1100", 4, 600), ("96372", 1, 2500)]
    assert drafted[1].drug == drug
    assert [one["modifier"] for one in drafted[0].proposals] == ["25"]


def test_procedures_and_supplies_from_stock_are_charged(practice: Practice) -> None:
    supplied = {
        "Wrist splint": {"code": "L3908"},
        "63323-0165-01": {"code": "J1100", "units": 4, "measure": "ML"},
        "00143-9889-01": {"code": "J1940", "units": 2, "measure": "ML", "quantity": 2.5},
    }
    rules(practice, supplies=supplied, procedures={"44608003": "69210", "1": None})
    encounter_id = examined(practice)
    encounter = Encounter.objects.get(pk=encounter_id)
    with change(practice.ma, "chart.vitals") as this:
        for system, code in (
            ("http://snomed.info/sct", "44608003"), ("http://www.ama-assn.org/go/cpt", "17110"),
            ("http://snomed.info/sct", "1"), ("http://snomed.info/sct", "2"),
        ):  # fmt: skip
            this.save(
                Procedure(patient=encounter.patient, encounter=encounter, system=system, code=code, display=f"P{code}")
            )
    shelf = supplies.add_unit(practice.manager, site_id=practice.site.pk, name="Shelf", kind="room")
    for name, kind, ndc in (
        ("Wrist splint", "supply", ""), ("Gauze", "supply", ""), ("Ketorolac 30 mg", "medication", ""),
        ("Dexamethasone 4 mg/mL, 1 mL", "medication", "63323-0165-01"),
        ("Furosemide 10 mg/mL, 2.5 mL", "medication", "00143-9889-01"),
    ):  # fmt: skip
        item = supplies.add_item(practice.manager, name=name, kind=kind, storage="room", ndc=ndc)
        stock = supplies.receive(
            practice.manager, unit_id=shelf.pk, item_id=item.pk, number=name[:5], doses=5, funding="private",
            expires_on=MONDAY.date() + timedelta(days=900),
        )  # fmt: skip
        with clock.at(practice.at("9:45")):
            supplies.use(practice.ma, stock.pk, for_id=encounter.pk, funding="private")
    drafted = draft_charges(practice.setup, encounter.pk, visit_type="follow-up")
    assert [one.code for one in drafted] == ["99203", "69210", "17110", "L3908", "J1100", "J1940"]
    assert (drafted[-2].units, drafted[-2].drug) == (4, {"ndc": "63323016501", "quantity": "1", "unit": "ML"})
    assert (drafted[-1].units, drafted[-1].drug) == (2, {"ndc": "00143988901", "quantity": "2.5", "unit": "ML"})
    uncoded = done_in([Encounter.objects.select_related("patient", "site").get(pk=encounter.pk)])[encounter.pk].uncoded
    assert [one.display for one in uncoded] == ["P2", "Ketorolac 30 mg"]
    assert Item.objects.filter(name="Gauze").exists(), "a supply without a code is the practice's own cost"


def test_many_visits_are_looked_at_in_the_queries_of_one(
    chair: Needle, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    give(chair, MMR)
    leave(chair)
    for n in (1, 2):
        chair.practice.examined(f"{11 + n}:00", n, patient=chair.practice.patient(f"More{n}"), orders=["ekg"])
    encounters = list(Encounter.objects.filter(here=True).select_related("patient", "site"))
    done_in(encounters)
    with django_assert_max_num_queries(11):
        found = done_in(encounters)
    assert len(encounters) == 3
    assert found[chair.encounter_id].services
