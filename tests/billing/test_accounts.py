"""What a patient pays and owes, and what the lists of billing show."""

from collections.abc import Callable

import pytest

from liaison.billing import queries
from liaison.billing.actions import batch, process, receipt_pdf, take_in, take_payment
from liaison.billing.models import Adjudication, Claim
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.people.actions import restrict
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.record.forms import registry
from liaison.record.models import AuditEntry, Revision
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import denied, paid, remittance


def test_a_copayment_has_a_receipt_and_lowers_what_the_patient_owes(practice: Practice) -> None:
    claim = practice.claim()
    batch(TEST)
    copay = take_payment(
        TEST, claim.patient_id, cents=2_000, method="card", kind="copay", encounter_id=claim.encounter_id
    )
    assert copay.receipt == "R000001"
    assert queries.balance_of(claim.patient_id) == -2_000
    process(TEST, take_in(TEST, "835", "835", remittance(paid(claim, (6_000, 2_500)))).pk)
    assert queries.balance_of(claim.patient_id) == 500
    assert take_payment(TEST, claim.patient_id, cents=500, method="cash").receipt == "R000002"
    assert queries.balance_of(claim.patient_id) == 0


def test_a_receipt_is_a_page_of_pdf(practice: Practice) -> None:
    patient = practice.patient(family="O’Brien-Núñez", given="#sys.inputs")
    taken = take_payment(TEST, patient.pk, cents=2_500, method="check")
    pdf = receipt_pdf(queries.receipt_for(TEST, taken.pk))
    assert pdf.startswith(b"%PDF-")
    assert b"/Type/Pages/Count 1/" in pdf


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"cents": 0}, "cents"),
        ({"cents": -5}, "cents"),
        ({"cents": 100_000_001}, "cents"),
        ({"method": "gold"}, "method"),
        ({"kind": "charge"}, "kind"),
    ],
)
def test_what_is_no_payment_is_refused_beside_its_field(
    practice: Practice, facts: dict[str, object], field: str
) -> None:
    patient = practice.patient()
    with pytest.raises(Invalid) as refused:
        take_payment(TEST, patient.pk, **({"cents": 500, "method": "cash"} | facts))  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.field == field
    assert queries.balance_of(patient.pk) == 0


def test_a_payment_for_somebody_elses_visit_is_refused(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    with pytest.raises(NotFound):
        take_payment(TEST, practice.patient().pk, cents=500, method="cash", encounter_id=encounter.pk)


def test_an_account_shows_each_visit_and_its_reading_is_audited(
    practice: Practice, django_assert_max_num_queries: Callable[..., object]
) -> None:
    claim = practice.claim(orders=["strep"])
    batch(TEST)
    process(TEST, take_in(TEST, "835", "835", remittance(paid(claim, (6_000, 2_000), (600, 0)))).pk)
    take_payment(TEST, claim.patient_id, cents=2_000, method="card", encounter_id=claim.encounter_id)
    take_payment(TEST, claim.patient_id, cents=700, method="card")
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    with django_assert_max_num_queries(3):
        account = queries.account_for(biller, claim.patient_id)
    assert (account.balance_cents, account.open_cents) == (-700, 0)
    visit = next(visit for visit in account.visits if visit.encounter_id)
    assert (visit.charged_cents, visit.paid_cents, visit.adjusted_cents) == (22_100, 13_500, 6_600)
    assert (visit.patient_cents, visit.patient_paid_cents, visit.balance_cents) == (2_000, 2_000, 0)
    seen = AuditEntry.objects.filter(actor_id=biller.id, action="read").get()
    assert seen.patient_id == claim.patient_id


def test_a_restricted_patient_is_in_no_list_and_behind_no_door(practice: Practice) -> None:
    claim = practice.claim()
    restrict(TEST, claim.patient_id, True, "at the patient's wish")
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    assert not queries.claims(biller)
    for door, key in ((queries.claim_for, claim.pk), (queries.account_for, claim.patient_id)):
        with pytest.raises(Forbidden):
            door(biller, key)


def test_claims_are_listed_and_counted_in_one_query_each(
    practice: Practice, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(3):
        practice.claim()
    batch(TEST)
    last = practice.claim()
    with django_assert_num_queries(1):
        listed = queries.claims(TEST, status="sent")
        assert len({(claim.patient.listed, claim.payer.name, claim.provider.short) for claim in listed}) == 3
    with django_assert_num_queries(1):
        steps = {step.status: (step.count, step.cents) for step in queries.pipeline(TEST)}
    assert (steps["ready"], steps["sent"], steps["paid"]) == ((1, 19_500), (3, 58_500), (0, 0))
    assert list(queries.claims(TEST, text=last.number)) == [last]
    assert list(queries.claims(TEST, text="rivera", status=["ready", "draft"])) == [last]


def test_a_claim_opens_with_what_became_of_it(practice: Practice) -> None:
    claim = practice.claim()
    batch(TEST)
    process(TEST, take_in(TEST, "835", "835", remittance(denied(claim))).pk)
    view = queries.claim_for(TEST, claim.pk)
    assert (view.open_cents, view.paid_cents, len(view.adjudications)) == (19_500, 0, 1)
    assert view.adjudications[0].lines[0]["denied"]


def test_claims_and_decisions_have_a_public_form_without_asking_the_database(
    practice: Practice, django_assert_num_queries: Callable[..., object]
) -> None:
    claim = practice.claim(orders=["strep"], diagnoses=["J02.9", "I10"])
    batch(TEST)
    process(TEST, take_in(TEST, "835", "835", remittance(paid(claim, (6_000, 2_000), (600, 0)))).pk)
    claim, decision = Claim.objects.get(), Adjudication.objects.get()
    with django_assert_num_queries(0):
        bill = registry.by_model[Claim].to_fhir(claim)
        explanation = registry.by_model[Adjudication].to_fhir(decision)
    assert [item["diagnosisSequence"] for item in bill["item"]] == [[1, 2], [1, 2]]
    assert bill["patient"] == {"reference": f"Patient/{claim.patient_id}"}
    assert explanation["claim"] == {"reference": f"Claim/{claim.pk}"}
    assert [str(total["amount"]["value"]) for total in explanation["total"]] == ["221", "135", "66", "20"]
    kept = Revision.objects.filter(resource_type__in=["Claim", "ExplanationOfBenefit"])
    assert sorted(kept.values_list("resource_type", "version")) == [
        ("Claim", 1), ("Claim", 2), ("Claim", 3), ("ExplanationOfBenefit", 1),
    ]  # fmt: skip
