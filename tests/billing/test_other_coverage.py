"""A claim names the coverages that pay after its payer, and each says what kind of plan it is and why it is second."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liaison.billing.actions import batch, process, take_in
from liaison.billing.models import Claim, Exchange
from liaison.engines import x12
from liaison.kernel.errors import Invalid
from liaison.people.actions import add_coverage, update_coverage
from liaison.people.models import Coverage, Patient
from liaison.places.actions import add_organization
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import paid, remittance


def sent_to(payer: str) -> tuple[x12.Claim, ...]:
    body = Exchange.objects.filter(direction="out", kind="837P", payer__code=payer).latest("created_at").body
    return x12.read_837p(bytes(body)).claims


def twice(practice: Practice, **second: object) -> Patient:
    patient = practice.patient()
    practice.cover(patient, member="STC000000007", position=2, **second)
    return patient


def test_the_first_claim_names_the_second_payer_with_nothing_decided(practice: Practice) -> None:
    holder = {"subscriber_family": "Vega", "subscriber_given": "Luz", "subscriber_birth_date": date(1979, 5, 5)}
    patient = twice(practice, relationship="spouse", group_number="STATE-7", filing="HM", **holder)
    practice.claim(patient)
    batch(TEST)
    (claim,) = sent_to("SUNCO")
    (other,) = claim.others
    assert (claim.subscriber.sequence, other.subscriber.sequence, other.relationship) == ("P", "S", "01")
    assert (other.payer.name, other.payer.id) == ("State Medicaid", "STCAI")
    assert (other.subscriber.person.last_name, other.subscriber.person.first_name) == ("Vega", "Luz")
    assert (other.subscriber.member_id, other.subscriber.group_number) == ("STC000000007", "STATE-7")
    assert (claim.subscriber.filing_indicator, other.subscriber.filing_indicator) == ("CI", "HM")
    assert (other.paid_cents, other.adjudicated, other.adjustments) == (None, None, ())


def test_the_second_claim_names_the_first_payer_before_and_a_third_after(practice: Practice) -> None:
    patient = twice(practice)
    third = add_organization(TEST, kind="payer", name="Harbor Mutual", code="HARB1")
    add_coverage(TEST, patient.pk, payer_id=third.pk, member_id="H1")
    claim = practice.claim(patient)
    batch(TEST)
    assert [(one.subscriber.sequence, one.payer.id) for one in sent_to("SUNCO")[0].others] == [
        ("S", "STCAI"),
        ("T", "HARB1"),
    ]
    answer = remittance(paid(Claim.objects.get(pk=claim.pk), (6_000, 2_000)), trace="SUNCO1")
    process(TEST, take_in(TEST, "835", "check.835", answer).pk)
    batch(TEST)
    before, after = sent_to("STCAI")[0].others
    assert (before.subscriber.sequence, before.payer.id, before.paid_cents) == ("P", "SUNCO", 11_500)
    assert (after.subscriber.sequence, after.payer.id, after.paid_cents) == ("T", "HARB1", None)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"ends": date(2026, 3, 1)}, "it ended the day before"),
        ({"starts": date(2026, 3, 3)}, "it begins the day after"),
        (
            {"kind": "auto", "injured_on": date(2026, 1, 5), "claim_number": "A1"},
            "it is for an injury",
        ),
    ],
)
def test_what_does_not_pay_for_the_visit_is_not_named(practice: Practice, facts: dict[str, object], why: str) -> None:
    practice.claim(twice(practice, **facts))
    batch(TEST)
    assert sent_to("SUNCO")[0].others == (), why


def test_a_second_payer_without_an_electronic_id_holds_nothing_up(practice: Practice) -> None:
    patient = practice.patient()
    nameless = add_organization(TEST, kind="payer", name="Small Fund", code="")
    add_coverage(TEST, patient.pk, payer_id=nameless.pk, member_id="S1")
    assert practice.claim(patient).status == "ready"
    batch(TEST)
    assert sent_to("SUNCO")[0].others == ()


@pytest.mark.parametrize(("said", "code"), [("", "43"), ("13", "13")])
def test_medicare_says_why_it_is_second(practice: Practice, said: str, code: str) -> None:
    patient = practice.patient()
    medicare = add_organization(TEST, kind="payer", name="Medicare of Illinois", code="06102")
    add_coverage(TEST, patient.pk, payer_id=medicare.pk, member_id="1EG4TE5MK73", second_reason=said)
    practice.claim(patient)
    batch(TEST)
    (other,) = sent_to("SUNCO")[0].others
    assert (other.subscriber.insurance_type, other.subscriber.filing_indicator) == (code, "MB")


def test_only_medicare_has_a_reason_to_be_second(practice: Practice) -> None:
    coverage = Coverage.objects.get(patient=practice.patient())
    with pytest.raises(Invalid, match="Only Medicare"):
        update_coverage(TEST, coverage.pk, second_reason="12")
    assert update_coverage(TEST, coverage.pk, filing="12").filing == "12"


def test_a_file_of_many_claims_asks_for_their_other_coverage_once(practice: Practice) -> None:
    for _ in range(6):
        practice.claim(twice(practice))
    with CaptureQueriesContext(connection) as asked:
        batch(TEST)
    of_coverage = [one for one in asked if 'FROM "people_coverage"' in one["sql"]]
    assert len(of_coverage) == 1
    assert [len(claim.others) for claim in sent_to("SUNCO")] == [1] * 6
