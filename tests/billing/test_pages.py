"""Claims, coding and accounts on the screen."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.billing import actions as billing
from liaison.billing.models import Charge, Claim, Exchange, Transfer
from liaison.billing.queries import files_of
from liaison.people import actions as people
from liaison.record.change import change
from liaison.record.outbox import deliver
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


def to_code(place: Practice, time: str = "9:20", room: int = 0, **more: str) -> Visit:
    """A visit that is checked out, its charges drafted; `more` of the patient is known, or lost, by then."""
    visit = place.examined(time, room, patient=place.patient(f"Brandt{room}", "Otto"))
    visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    if more:
        people.update(place.setup, visit.patient_id, **more)
    billing.draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    return visit


def claimed(place: Practice, **more: str) -> Claim:
    visit = to_code(place, **more)
    made = billing.confirm_charges(place.biller, visit.encounter_id)
    assert made is not None
    return made


def test_a_visit_to_code_becomes_a_claim_that_is_ready(place: Practice) -> None:
    visit = to_code(place)
    biller = client_of(place.biller)
    listed = biller.get(reverse("claims"), {"show": "code"}).content.decode()
    assert "Brandt0, Otto" in listed
    page = biller.get(reverse("coding", args=[visit.encounter_id])).content.decode()
    assert "99203" in page
    assert "I10" in page
    biller.post(
        reverse("confirm-charges", args=[visit.encounter_id]), {"payer": str(place.coverages[visit.patient_id].pk)}
    )
    claim = Claim.objects.get()
    assert claim.status == Claim.Status.READY
    assert "Ready to send" in biller.get(reverse("claims")).content.decode()
    sent = biller.post(reverse("send-claims"))
    claim.refresh_from_db()
    assert (sent.status_code, claim.status) == (302, Claim.Status.SENT)


def test_a_charge_is_added_and_taken_off_with_a_reason(place: Practice) -> None:
    visit = to_code(place)
    biller = client_of(place.biller)
    add = reverse("add-charge", args=[visit.encounter_id])
    for typed, sentence in (
        ({"code": "nonsense", "units": "1"}, "five characters"),
        ({"code": "J1100", "units": "two"}, "whole number"),
        ({"code": "J1100", "units": "1", "cents": "a lot"}, "is not an amount"),
        ({"code": "J1100", "units": "1"}, "has no price"),
        ({"code": "87880", "units": "1", "cents": "0"}, "more than nothing"),
    ):
        answer = biller.post(add, typed)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
        assert f'value="{typed["code"]}"' in answer.content.decode()
    assert biller.post(add, {"code": "J1100", "units": "2", "cents": "12.50"}).status_code == 302
    charge = Charge.objects.get(code="J1100")
    assert (charge.units, charge.cents) == (2, 1250)
    void = reverse("void-charge", args=[visit.encounter_id, charge.pk])
    assert biller.post(void, {"reason": ""}).status_code == 422
    biller.post(void, {"reason": "not given"})
    charge.refresh_from_db()
    assert charge.status == Charge.Status.VOID


def nurse_visit(place: Practice) -> Visit:
    """A visit that nobody examined, checked out without a diagnosis."""
    visit = place.rooming(patient=place.patient("Haddad", "Leila"), visit_type="nurse-visit")
    place.all_steps(visit)
    visits.hand_off(place.ma, visit.pk)
    visits.check_out(place.desk, visit.pk)
    billing.draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    return visit


def test_the_biller_says_what_a_visit_without_a_diagnosis_was_for(place: Practice) -> None:
    visit = nurse_visit(place)
    biller = client_of(place.biller)
    code = reverse("code-diagnoses", args=[visit.encounter_id])
    confirm = reverse("confirm-charges", args=[visit.encounter_id])
    payer = {"payer": str(place.coverages[visit.patient_id].pk)}
    refused = biller.post(confirm, payer)
    assert (refused.status_code, "has no diagnosis" in refused.content.decode()) == (422, True)
    refused = biller.post(code, {"diagnoses": ["Z01"]})
    assert (refused.status_code, "not an ICD-10-CM code that a claim takes" in refused.content.decode()) == (422, True)
    assert biller.post(code, {}).status_code == 422
    assert biller.post(code, {"diagnoses": ["Z01.30", "I10"]}).status_code == 302
    assert "Z01.30" in biller.get(reverse("coding", args=[visit.encounter_id])).content.decode()
    assert Charge.objects.get().pointers == ["Z01.30", "I10"]
    biller.post(confirm, payer)
    assert Claim.objects.get().diagnoses == ["Z01.30", "I10"]
    assert biller.post(code, {"diagnoses": ["I10"]}).status_code == 422, "what is billed is mended on the claim"


def test_the_front_desk_does_not_code(place: Practice) -> None:
    visit = nurse_visit(place)
    answer = client_of(place.desk).post(reverse("code-diagnoses", args=[visit.encounter_id]), {"diagnoses": ["I10"]})
    assert answer.status_code == 403


def test_a_claim_shows_the_files_that_carried_it_and_no_other(place: Practice) -> None:
    claim = claimed(place)
    (sent,) = billing.batch(place.biller)
    facts = {"direction": "in", "kind": "277CA", "name": "answer", "body": b"", "status": "held"}
    with change(place.setup, "billing.claim") as this:
        this.save(Exchange(control_number="X1", sha256="1", claims=[claim.number.lower()], **facts))
    assert [file.pk for file in files_of(claim, [])] == [sent.pk]


def test_a_claim_to_fix_says_how_and_is_written_anew(place: Practice) -> None:
    claim = claimed(place, postal_code="")
    biller = client_of(place.biller)
    url = reverse("claim", args=[claim.pk])
    page = biller.get(url).content.decode()
    assert "address is not complete" in page
    assert reverse("patient-edit", args=[claim.patient_id]) in page
    facts = {"family": "Brandt0", "given": "Otto", "birth_date": "1955-03-04", "sex": "male", "line": "1 Elm Street"}
    facts |= {"city": "Chicago", "state": "IL", "postal_code": "60601"}
    biller.post(reverse("patient-edit", args=[claim.patient_id]), facts)
    line = claim.lines[0]["charge"]
    typed = {"coverage": str(claim.coverage_id), "diagnoses": "I10", f"cents-{line}": "x", f"modifiers-{line}": "25"}
    wrong = biller.post(reverse("mend-claim", args=[claim.pk]), typed)
    assert (wrong.status_code, 'value="x"' in wrong.content.decode()) == (422, True)
    biller.post(reverse("mend-claim", args=[claim.pk]), typed | {f"cents-{line}": "200.00"})
    claim.refresh_from_db()
    assert (claim.status, claim.total_cents, claim.lines[0]["modifiers"]) == (Claim.Status.READY, 20000, ["25"])


def test_claims_are_found_by_number_and_by_name_sent_by_post(place: Practice) -> None:
    claim = claimed(place)
    biller = client_of(place.biller)
    for text in (claim.number, "brandt0"):
        assert claim.number in biller.post(reverse("claims"), {"q": text}).content.decode()
    assert "None found by" in biller.post(reverse("claims"), {"q": "nobody"}).content.decode()


def test_the_list_asks_a_fixed_number_of_queries(
    place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        visit = to_code(place, f"{9 + n}:00", n)
        billing.confirm_charges(place.biller, visit.encounter_id)
    biller = client_of(place.biller)
    biller.get(reverse("claims"))
    with django_assert_max_num_queries(12):
        biller.get(reverse("claims"))


def test_who_does_not_bill_is_refused(place: Practice) -> None:
    claim = claimed(place)
    assert client_of(place.ma).get(reverse("claims")).status_code == 403
    assert client_of(place.desk).get(reverse("claim", args=[claim.pk])).status_code == 200
    assert client_of(place.desk).post(reverse("send-claims")).status_code == 403
    assert client_of(place.desk).post(reverse("mend-claim", args=[claim.pk])).status_code == 403
    assert (
        client_of(place.desk).post(reverse("settle-claim", args=[claim.pk]), {"settle_reason": "x"}).status_code == 403
    )


def test_the_account_shows_charge_copayment_and_balance(place: Practice) -> None:
    claim = claimed(place)
    page = client_of(place.desk).get(reverse("account", args=[claim.patient_id])).content.decode()
    assert "$210.00" in page
    assert "Copayment" in page
    assert f'claim <a href="{reverse("claim", args=[claim.pk])}">{claim.number}</a>' in page


def test_a_payment_gets_a_receipt_and_wrong_amounts_stay_in_the_field(place: Practice) -> None:
    patient = place.patient()
    desk = client_of(place.desk)
    pay = reverse("pay", args=[patient.pk])
    for amount in ("", "-5", "ten", "0.001"):
        answer = desk.post(pay, {"cents": amount, "method": "card", "memo": "at the desk"})
        assert (answer.status_code, 'value="at the desk"' in answer.content.decode()) == (422, True)
    assert desk.post(pay, {"cents": "25.00", "method": "gold"}).status_code == 422
    assert desk.post(pay, {"cents": "25.00", "method": "card"}).status_code == 302
    paid = Transfer.objects.get()
    assert paid.cents == 2500
    receipt = desk.get(reverse("receipt", args=[paid.pk]))
    assert (receipt.headers["Content-Type"], receipt.content[:4]) == ("application/pdf", b"%PDF")
    assert paid.receipt in desk.get(reverse("account", args=[patient.pk])).content.decode()
    assert client_of(place.biller).get(reverse("account", args=[patient.pk])).status_code == 200


def test_a_checked_out_visit_is_drafted_by_itself(place: Practice) -> None:
    visit = place.examined()
    visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    deliver()
    assert Charge.objects.filter(encounter_id=visit.encounter_id, status=Charge.Status.OPEN).exists()
