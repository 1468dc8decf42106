"""A claim before it goes (again): corrected, let pass, replaced, taken back, sent on with what another decided."""

from datetime import date, timedelta
from typing import Any

import pytest

from liaison.billing import queries
from liaison.billing.actions import (
    Corrections,
    batch,
    bill_patient,
    mend_claim,
    pass_warning,
    process_received,
    resubmit,
    take_in,
    void_claim,
)
from liaison.billing.actions.claims import next_claim
from liaison.billing.actions.letters import draft_letter, write_letter
from liaison.billing.actions.paper import send_on_paper
from liaison.billing.models import Acknowledgment, Authorization, Charge, Claim, Exchange, Letter
from liaison.billing.scrub.rules import rules_for
from liaison.engines.x12 import Claim as Document
from liaison.engines.x12 import read_837p
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.models import Coverage
from liaison.record import outbox
from liaison.record.change import change
from liaison.record.promises import broken
from liaison.worklist.models import Task
from sandbox_payer.exchange import answer
from sandbox_payer.history import MemoryHistory
from sandbox_payer.rules import load_rules
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.billing.test_payments_pages import seen_by
from tests.x12.oracle import complaints


def written(claim: Claim) -> Document:
    """The claim as its last file has it; another reader of X12 finds nothing wrong with the file."""
    files = [row for row in Exchange.objects.filter(kind="837P").order_by("created_at") if claim.number in row.claims]
    body = bytes(files[-1].body)
    assert complaints(body) == []
    return next(one for one in read_837p(body).claims if one.control_number == claim.number)


def answered(claim: Claim, history: MemoryHistory | None = None) -> Claim:
    """Let the sandbox payer answer the claim's last file."""
    file = Exchange.objects.filter(kind="837P", claims__icontains=claim.number).latest("created_at")
    for one in answer(bytes(file.body), load_rules(), history or MemoryHistory(), BEGAN.date()):
        take_in(TEST, one.kind, f"{file.name}.{one.kind}", one.content)
    process_received(TEST)
    claim.refresh_from_db()
    return claim


def with_status(claim: Claim, status: str, **more: Any) -> Claim:
    with change(TEST, "billing.post") as this:
        claim.status = status
        for name, value in more.items():
            setattr(claim, name, value)
        this.save(claim)
    return claim


def test_each_fact_that_is_added_stands_in_the_file(practice: Practice) -> None:
    claim = practice.claim(orders=["strep"])
    charge = Charge.objects.get(claim=claim, code="99203")
    more = Corrections(
        columns={
            "authorization": " A 77 ",
            "referral": "R1",
            "note": "Seen late",
            "onset_date": date(2026, 2, 27),
            "initial_date": date(2026, 2, 28),
        },
        providers={
            "referring": {"family": "Roe", "given": "Jane", "npi": "1679576722"},
            "ordering": {"family": "Poe", "given": "Ann", "npi": "1234567893"},
            "supervising": {"family": "Coe", "given": "Bo", "npi": "1679576722"},
        },
        accident={"causes": ["auto"], "date": date(2026, 2, 20), "state": "il"},
        drugs={charge.pk: {"ndc": "00517-4901-25", "quantity": "0.5", "unit": "ml"}},
        notes={charge.pk: "Left arm"},
    )
    assert mend_claim(TEST, claim.pk, more=more).status == "ready"
    batch(TEST)
    said = written(claim)
    assert (said.prior_authorization, said.referral_number, said.note) == ("A 77", "R1", "Seen late")
    assert (said.onset_date, said.initial_treatment_date) == (date(2026, 2, 27), date(2026, 2, 28))
    assert [one.name for one in (said.referring, said.supervising) if one] == ["Roe", "Coe"]
    assert said.accident is not None
    assert (said.accident.causes, said.accident.state, said.accident.date) == (("AA",), "IL", date(2026, 2, 20))
    assert said.clia_number == "14D0123456"
    first, second = said.lines
    assert first.drug is not None
    assert (first.drug.ndc, str(first.drug.quantity), first.drug.unit, first.note) == (
        "00517490125", "0.5", "ML", "Left arm",
    )  # fmt: skip
    assert (first.ordering and first.ordering.name, second.drug) == ("Poe", None)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (Corrections(providers={"referring": {"family": "Roe", "npi": "1111111111"}}), "referring_npi"),
        (Corrections(providers={"ordering": {"family": "", "npi": "1679576722"}}), "ordering_family"),
        (Corrections(accident={"causes": ["other"], "date": None}), "accident_date"),
        (Corrections(accident={"causes": ["other"], "date": date(2027, 1, 1)}), "accident_date"),
        (Corrections(accident={"causes": ["auto"], "date": date(2026, 1, 1), "state": ""}), "accident_state"),
        (Corrections(columns={"authorization": "x" * 51}), "authorization"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(practice: Practice, more: Corrections, field: str) -> None:
    claim = practice.claim()
    with pytest.raises(Invalid) as refusal:
        mend_claim(TEST, claim.pk, more=more)
    assert refusal.value.field == field


def test_a_warning_is_let_pass_with_a_reason_and_stays_passed(practice: Practice) -> None:
    claim = practice.claim()
    charge = Charge.objects.get(claim=claim)
    with change(TEST, "billing.charge") as this:
        charge.code = "J1100"
        this.save(charge, "code")
    assert [one["rule"] for one in mend_claim(TEST, claim.pk).stops] == ["ndc"]
    with pytest.raises(Invalid):
        pass_warning(TEST, claim.pk, "ndc", 1, " ")
    assert pass_warning(TEST, claim.pk, "ndc", 1, "The payer takes it without").status == "ready"
    again = mend_claim(TEST, claim.pk)
    assert (again.status, again.findings[0]["passed"]["reason"]) == ("ready", "The payer takes it without")
    assert [one["by"] for one in again.passed] == [TEST.name]


def test_a_claim_says_by_when_it_must_be_filed_and_is_asked_about_after(practice: Practice) -> None:
    claim = practice.claim()
    assert claim.file_by == claim.service_date + timedelta(days=rules_for("SUNCO").timely_filing_days)
    late = practice.claim(at=BEGAN - timedelta(days=900))
    assert [one["rule"] for one in late.stops] == ["timely"]


def test_a_denied_claim_is_replaced_under_the_payers_number(practice: Practice) -> None:
    claim = practice.claim(orders=["form"])
    batch(TEST)
    history = MemoryHistory()
    assert answered(claim, history).status == "denied"
    number = claim.payer_claim_number
    mended = mend_claim(TEST, claim.pk, replaces=True, more=Corrections(columns={"note": "Corrected"}))
    assert (mended.status, mended.frequency, mended.original_number) == ("ready", "7", number)
    batch(TEST)
    said = written(claim)
    assert (said.frequency, said.original_claim_number, said.note) == ("7", number, "Corrected")
    assert answered(claim, history).status in ("denied", "paid")
    assert broken() == {}


def test_what_is_paid_is_replaced_or_taken_back_only_by_its_number(practice: Practice) -> None:
    claim = practice.claim()
    with pytest.raises(Conflict, match="payer has nothing"):
        void_claim(TEST, claim.pk, "By mistake")
    batch(TEST)
    assert answered(claim).status == "paid"
    with pytest.raises(Conflict):
        mend_claim(TEST, claim.pk)
    with pytest.raises(Invalid):
        void_claim(TEST, claim.pk, "")
    voided = void_claim(TEST, claim.pk, "Another patient's visit")
    assert (voided.status, voided.frequency) == ("ready", "8")
    batch(TEST)
    assert written(claim).frequency == "8"
    assert broken() == {}


def test_what_a_payer_no_longer_pays_is_the_billers_until_somebody_owes_it(practice: Practice) -> None:
    claim, history = practice.claim(), MemoryHistory()
    batch(TEST)
    assert answered(claim, history).status == "paid"
    void_claim(TEST, claim.pk, "Not insured on the day")
    batch(TEST)
    assert answered(claim, history).status == "accepted"
    outbox.deliver()
    task = Task.objects.get(kind="claim-taken-back")
    assert (task.status, "no longer pays" in task.title) == ("requested", True)
    page = seen_by(practice, "biller").get(task.link).content.decode()
    assert "The patient owes it" in page
    assert bill_patient(TEST, claim.pk, "Not insured").status == "closed"
    outbox.deliver()
    task.refresh_from_db()
    assert task.status == "completed"
    assert queries.totals().open_cents == 0
    assert broken() == {}


def test_a_claim_that_got_lost_is_sent_once_more(practice: Practice) -> None:
    claim = practice.claim()
    batch(TEST)
    first = Exchange.objects.get(kind="837P")
    assert resubmit(TEST, claim.pk, "The payer never got it").status == "ready"
    (second,) = batch(TEST)
    assert (first.control_number, second.control_number) == ("000000001", "000000002")
    answered(claim)
    with pytest.raises(Conflict):
        resubmit(TEST, claim.pk, "Again")


def test_the_next_payer_is_told_what_the_first_decided(practice: Practice) -> None:
    patient = practice.patient()
    practice.cover(patient, member="STC000000009", position=2)
    claim = practice.claim(patient, orders=["strep"])
    batch(TEST)
    assert answered(claim).status == "paid"
    later = Claim.objects.get(previous=claim)
    assert (later.responsibility, later.status, later.coverage.member_id) == ("S", "ready", "STC000000009")
    batch(TEST)
    said = written(later)
    decided = claim.adjudications.get()
    (other,) = said.others
    assert (said.subscriber.sequence, other.subscriber.sequence, other.payer.id) == ("S", "P", "SUNCO")
    assert (other.paid_cents, other.patient_owes_cents, other.claim_number) == (
        decided.paid_cents, decided.patient_cents, claim.payer_claim_number,
    )  # fmt: skip
    for line in said.lines:
        (of_line,) = line.adjudications
        taken_off = sum(one.cents for one in of_line.adjustments)
        assert of_line.payer_id == "SUNCO"
        assert of_line.paid_cents + taken_off == line.charge_cents
    assert sum(line.adjudications[0].paid_cents for line in said.lines) == decided.paid_cents
    later.refresh_from_db()
    assert mend_claim(TEST, with_status(later, "rejected").pk).status == "ready"
    assert Coverage.objects.filter(patient=patient).count() == 2
    assert broken() == {}


def test_an_appeal_is_written_from_its_document_looked_over_and_kept(practice: Practice) -> None:
    claim = practice.claim(orders=["form"])
    with pytest.raises(Conflict):
        write_letter(TEST, claim.pk, subject="Appeal", text="Please.")
    batch(TEST)
    answered(claim)
    subject, text = draft_letter(TEST, claim)
    assert claim.payer_claim_number in subject
    assert claim.patient.family in text
    with pytest.raises(Invalid, match="brackets"):
        write_letter(TEST, claim.pk, subject=subject, text=text)
    filled = text.replace(text[text.index("[") : text.index("]") + 1], "the plan covers special reports.")
    made = write_letter(TEST, claim.pk, subject=subject, text=filled)
    assert bytes(Letter.objects.get().pdf).startswith(b"%PDF")
    view = queries.claim_for(TEST, claim.pk)
    assert made.pk in [event.letter_id for event in queries.history(view)]


def test_claims_go_on_paper_and_their_print_is_kept(practice: Practice) -> None:
    claim, other = practice.claim(), practice.claim()
    sent = send_on_paper(TEST, [claim.pk, other.pk], form=True)
    assert (sent.kind, sent.status, sorted(sent.claims)) == ("1500", "sent", sorted([claim.number, other.number]))
    assert bytes(sent.body).startswith(b"%PDF")
    assert set(Claim.objects.values_list("status", flat=True)) == {"sent"}
    with pytest.raises(Conflict):
        send_on_paper(TEST, [claim.pk], form=True)
    assert batch(TEST) == []
    assert broken() == {}


def test_what_a_payer_said_of_a_claim_is_kept_line_by_line(practice: Practice) -> None:
    claim = practice.claim(practice.patient(member="XYZ1"))
    batch(TEST)
    assert answered(claim).status == "rejected"
    said = Acknowledgment.objects.get()
    assert (said.claim_id, said.sentence) == (claim.pk, claim.answer)
    events = [event.what for event in queries.history(queries.claim_for(TEST, claim.pk))]
    assert "The payer says" in events
    assert "To the payer: 837P" in events
    assert bill_patient(TEST, claim.pk, "Not insured").status == "closed"


def test_what_is_authorized_stands_on_the_claim_by_itself(practice: Practice) -> None:
    patient = practice.patient()
    (coverage,) = patient.coverages.all()
    facts = {"service": "Visits", "starts": date(2026, 1, 1), "ends": date(2026, 12, 31), "status": "certified"}
    with change(TEST, "billing.coverage") as this:
        granted = (("authorization", "A-1", ["99080"]), ("authorization", "A-2", []), ("referral", "R-1", []))
        for kind, number, codes in granted:
            more = {"kind": kind, "number": number, "codes": codes, "quantity": 1}
            this.save(Authorization(patient=patient, coverage=coverage, **more, **facts))
    claim = practice.claim(patient)
    assert (claim.authorization, claim.referral) == ("A-2", "R-1")
    typed = mend_claim(TEST, claim.pk, more=Corrections(columns={"authorization": "A-9"}))
    assert (typed.authorization, typed.referral) == ("A-9", "R-1")


@pytest.mark.parametrize(
    ("first", "age", "code"), [("commercial", 70, "12"), ("commercial", 50, "43"), ("auto", 70, "14")]
)
def test_medicare_after_another_is_told_why(practice: Practice, first: str, age: int, code: str) -> None:
    patient = practice.patient(covered=False, birth_date=date(2026 - age, 1, 31))
    injured = {"injured_on": date(2026, 2, 1)} if first == "auto" else {}
    practice.cover(patient, member="SUN1", kind=first, **injured)
    practice.cover(patient, member="STC1", kind="medicare", position=2)
    claim = practice.claim(patient)
    batch(TEST)
    with change(TEST, "billing.post") as this:
        claim.refresh_from_db()
        later = next_claim(this, claim, patient.coverages.get(kind="medicare"))
    assert later.status == "ready"
    batch(TEST)
    assert written(later).subscriber.insurance_type == code
