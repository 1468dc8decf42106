"""Charges: drafted when the patient leaves, confirmed by a person, posted once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from liaison.billing import queries
from liaison.billing.actions import add_charge, confirm_charges, draft_charges, mend_claim, void_charge
from liaison.billing.models import Account, Charge, Claim, Transfer
from liaison.chart.models import ICD10CM, Condition
from liaison.documents.actions import publish
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.places.actions import update_organization
from liaison.record import outbox
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.record.promises import broken
from tests.billing.clinic import BEGAN, TEST, Practice


def drafted(practice: Practice, **visit: object) -> list[Charge]:
    encounter = practice.visit(practice.patient(), **visit)  # type: ignore[arg-type]  # of Practice.visit
    return draft_charges(TEST, encounter.pk, visit_type="follow-up")


def names() -> list[str]:
    return list(OutboxEvent.objects.filter(name__startswith="billing.").order_by("seq").values_list("name", flat=True))


def test_a_new_patient_is_charged_as_new_and_as_established_for_three_years(practice: Practice) -> None:
    patient = practice.patient()
    codes = []
    for at in (BEGAN, BEGAN + timedelta(days=3 * 365), BEGAN + timedelta(days=6 * 366 + 10)):
        encounter = practice.visit(patient, at=at)
        codes += [charge.code for charge in draft_charges(TEST, encounter.pk, visit_type="follow-up")]
    assert codes == ["99203", "99213", "99203"]


@pytest.mark.parametrize(
    ("born", "new", "established"),
    [
        (date(2025, 9, 1), "99381", "99391"),
        (date(2025, 3, 2), "99382", "99392"),
        (date(2016, 1, 1), "99383", "99393"),
        (date(2010, 1, 1), "99384", "99394"),
        (date(2008, 3, 2), "99385", "99395"),
        (date(1980, 1, 1), "99386", "99396"),
        (date(1961, 3, 2), "99387", "99397"),
    ],
)
def test_a_preventive_visit_goes_by_age_and_by_who_is_new(
    practice: Practice, born: date, new: str, established: str
) -> None:
    body = {"minutes": 30, "room_kind": "exam", "roles": ["provider"], "protocol": []}
    em = {"em": {"new": "99386", "established": "99396"}}
    publish(TEST, kind="visit-type", key="well", title="Well visit", body=body | em)
    patient = practice.patient(birth_date=born)
    codes = []
    for days in (0, 30):
        encounter = practice.visit(patient, at=BEGAN + timedelta(days=days))
        codes += [charge.code for charge in draft_charges(TEST, encounter.pk, visit_type="well")]
    assert codes == [new, established]


def test_done_orders_are_charged_by_the_fee_schedule_else_by_the_catalogue(practice: Practice) -> None:
    charges = drafted(practice, orders=["strep", "a1c"], diagnoses=["J02.9", "I10"])
    assert [(c.code, c.cents) for c in charges] == [("99203", 19_500), ("87880", 2_600), ("83036", 3_100)]
    assert all(charge.pointers == ["J02.9", "I10"] for charge in charges)


def test_drafting_again_changes_nothing_and_leaves_alone_what_a_person_voided(practice: Practice) -> None:
    first = drafted(practice, orders=["strep"])
    void_charge(TEST, first[1].pk, "done by mistake")
    again = draft_charges(TEST, first[0].encounter_id, visit_type="follow-up")
    assert [charge.pk for charge in again] == [first[0].pk]
    assert Charge.objects.count() == 2


def test_charges_are_drafted_when_the_visit_is_checked_out(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    with change(TEST, "visits.check_out") as this:
        this.event("visits.checked_out", encounter=encounter.pk, patient=encounter.patient_id, visit_type="follow-up")
    outbox.deliver()
    assert Charge.objects.get().code == "99203"


def test_confirmed_charges_stand_on_the_payers_account_and_in_a_claim(practice: Practice) -> None:
    claim = practice.claim(orders=["strep"], diagnoses=["J02.9", "I10"])
    assert (claim.number[0], len(claim.number), claim.status) == ("C", 7, "ready")
    assert [(line["code"], line["pointers"]) for line in claim.lines] == [("99203", [1, 2]), ("87880", [1, 2])]
    posted = Transfer.objects.values_list("debit", "credit", "cents")
    services, receivable = Account.SERVICES, Account.PAYER_RECEIVABLE
    assert sorted(posted) == [(receivable, services, 2_600), (receivable, services, 19_500)]
    assert names() == ["billing.charges_drafted", "billing.charges_posted", "billing.claim_made"]
    assert broken() == {}


def test_confirming_twice_posts_once(practice: Practice) -> None:
    claim = practice.claim()
    assert confirm_charges(TEST, claim.encounter_id) == claim
    assert (Transfer.objects.count(), Claim.objects.count()) == (1, 1)


def test_who_pays_alone_owes_the_charges_and_no_claim_is_made(practice: Practice) -> None:
    patient = practice.patient(covered=False)
    encounter = practice.visit(patient)
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    assert confirm_charges(TEST, encounter.pk) is None
    assert queries.balance_of(patient.pk) == 19_500
    totals = queries.totals()
    assert (totals.charged_cents, totals.patient_cents, totals.open_cents) == (19_500, 19_500, 0)
    assert names()[1:] == ["billing.charges_posted", "billing.encounter_settled"]


def test_without_a_diagnosis_nothing_is_billed(practice: Practice) -> None:
    charges = drafted(practice, diagnoses=[])
    with pytest.raises(Invalid, match="no diagnosis"):
        confirm_charges(TEST, charges[0].encounter_id)
    assert Transfer.objects.count() == 0


def test_a_visit_with_nothing_to_bill_is_settled_only_when_somebody_says_so(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    with pytest.raises(Conflict, match="nothing to bill"):
        confirm_charges(TEST, encounter.pk)
    assert confirm_charges(TEST, encounter.pk, nothing_to_bill=True) is None
    assert names() == ["billing.charges_posted", "billing.encounter_settled"]


def test_a_claim_that_lacks_something_says_how_to_mend_it_and_is_not_ready(practice: Practice) -> None:
    patient = practice.patient(covered=False, line="")
    practice.cover(
        patient, member="SUN000000001", relationship="child", subscriber_family="Rivera", subscriber_given="Jo"
    )
    charges = draft_charges(TEST, practice.visit(patient, orders=["a1c"]).pk, visit_type="follow-up")
    with change(TEST, "billing.charge") as this:
        charges[1].cents = 0
        this.save(charges[1], "cents")
    update_organization(TEST, practice.site.organization_id, npi="")
    claim = confirm_charges(TEST, charges[0].encounter_id)
    assert claim is not None
    assert claim.status == "draft"
    for word in ("address", "birth date", "83036 has no price", "NPI"):
        assert any(word in f"{one['sentence']} {one['mend']}" for one in claim.findings), word
    assert names()[-1] == "billing.claim_to_fix"
    assert broken() == {}


def test_a_draft_claim_is_mended_and_its_new_price_posted(practice: Practice) -> None:
    charges = drafted(practice)
    with change(TEST, "billing.charge") as this:
        charges[0].cents = 0
        this.save(charges[0], "cents")
    claim = confirm_charges(TEST, charges[0].encounter_id)
    assert claim is not None
    assert claim.status == "draft"
    mended = mend_claim(TEST, claim.pk, cents={charges[0].pk: 15_000}, modifiers={charges[0].pk: ["25"]})
    assert (mended.status, mended.total_cents, mended.lines[0]["modifiers"]) == ("ready", 15_000, ["25"])
    assert queries.totals().charged_cents == 15_000
    mend_claim(TEST, claim.pk, cents={charges[0].pk: 14_000})
    assert queries.totals().open_cents == 14_000
    assert broken() == {}


def test_more_than_twelve_diagnoses_are_cut_and_a_person_is_asked(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    with change(TEST, "chart.diagnose") as this:
        for rank in range(2, 15):
            facts = {"category": "encounter-diagnosis", "system": ICD10CM, "display": "of many", "rank": rank}
            code = f"J0{rank // 10}.{rank % 10}"
            this.save(Condition(patient_id=encounter.patient_id, encounter=encounter, code=code, **facts))
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    claim = confirm_charges(TEST, encounter.pk)
    assert claim is not None
    assert (len(claim.diagnoses), claim.status) == (12, "draft")
    assert "14 diagnoses" in claim.findings[0]["sentence"]
    assert mend_claim(TEST, claim.pk).status == "ready"


def test_a_charge_by_hand_has_a_price_and_a_code(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    assert add_charge(TEST, encounter.pk, code="87880", units=2).cents == 5_200
    with pytest.raises(Invalid, match="no price"):
        add_charge(TEST, encounter.pk, code="12345")
    with pytest.raises(Invalid, match="five characters"):
        add_charge(TEST, encounter.pk, code="strep")
    with pytest.raises(Conflict):
        add_charge(TEST, encounter.pk, code="87880")


def test_another_price_than_the_lists_is_for_who_posts_payments(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    provider = of_staff(add_staff(TEST, role="provider", family="Okafor", given="Ada"))
    with pytest.raises(Forbidden):
        add_charge(provider, encounter.pk, code="87880", cents=100)
    assert add_charge(provider, encounter.pk, code="87880", units=2, cents=5_200).cents == 5_200
    assert add_charge(provider, encounter.pk, code="J1100", cents=800).cents == 800, "the list has none"
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    assert add_charge(biller, encounter.pk, code="99213", cents=100).cents == 100


def test_a_medical_assistant_does_not_code_charges_and_a_biller_does(practice: Practice) -> None:
    charges = drafted(practice)
    assistant = of_staff(add_staff(TEST, role="medical-assistant", family="Whitfield", given="Dana"))
    with pytest.raises(Forbidden):
        confirm_charges(assistant, charges[0].encounter_id)
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    assert confirm_charges(biller, charges[0].encounter_id) is not None


def test_a_draft_and_a_confirmation_ask_few_questions(
    practice: Practice, django_assert_max_num_queries: Callable[..., object]
) -> None:
    encounter = practice.visit(practice.patient(), orders=["strep", "a1c"])
    with django_assert_max_num_queries(22):
        draft_charges(TEST, encounter.pk, visit_type="follow-up")
    with django_assert_max_num_queries(20):
        confirm_charges(TEST, encounter.pk)
