"""270/271, 276/277 and 278: what we ask is what the guide wants, and what we read is what was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from liaison.engines.x12 import (
    Benefit,
    ClaimStatus,
    Decision,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    Entity,
    LineStatus,
    Member,
    Period,
    Reference,
    Rejection,
    ReviewAnswer,
    ReviewedService,
    ReviewRequest,
    Status,
    StatusDetail,
    StatusInquiry,
    Subscriber,
    X12Error,
    check,
    read_270,
    read_271,
    read_276,
    read_277,
    read_278,
    read_278_answer,
    write_270,
    write_271,
    write_276,
    write_277,
    write_278,
    write_278_answer,
)
from tests.x12.conftest import Found
from tests.x12.samples import CHILD, DOCTOR, HOLDER, PAYER, STREET, SUBMITTER, TODAY, envelope
from tests.x12.transactions import ELIGIBILITY, REVIEW, STATUS

pytestmark = pytest.mark.engine

ASKER = replace(DOCTOR, taxonomy="")
OWNER = Subscriber("SUN000000123", HOLDER, group_number="G77")
NAMED = Subscriber("SUN000000123", replace(HOLDER, address=None))
RECEIVER = replace(SUBMITTER, contact="", phone="")
INQUIRY = EligibilityInquiry("T1", PAYER, ASKER, OWNER, service_date=TODAY)
OF_A_CHILD = EligibilityInquiry(
    "T2", PAYER, ASKER, OWNER, CHILD, "19", TODAY, date(2026, 3, 4), ("30", "98"), "99213", ("25",)
)
ANSWER = EligibilityAnswer(
    "T2",
    replace(PAYER, contact=""),
    ASKER,
    Member(
        HOLDER, "SUN000000124", "G77", "Maple Works", "18", True,
        (Period("346", date(2026, 1, 1)), Period("291", date(2026, 1, 1), date(2026, 12, 31))),
        (Reference("18", "PPO1500", "Sunrise PPO 1500"),),
    ),
    Member(CHILD, relationship="19"),
    (
        Benefit("1", ("30",), "IND", "C1", "Sunrise PPO 1500"),
        Benefit("C", ("30",), "IND", time_period="23", cents=150_000, in_network=True),
        Benefit("C", ("30",), "IND", time_period="29", cents=42_017, in_network=True),
        Benefit("A", ("98",), percent=Decimal(20), in_network=True),
        Benefit(
            "B", ("98", "UC"), time_period="27", cents=2_500, authorization_required=False, in_network=True,
            messages=("Specialists need a referral",), places=("11",),
        ),
        Benefit("F", ("PT",), time_period="29", quantity_kind="VS", quantity=Decimal(8), authorization_required=True,
                deliveries=(Delivery("VS", Decimal(20), period_kind="23", periods="1"),)),
        Benefit("R", periods=(Period("290", date(2026, 1, 1)),), references=(Reference("1L", "P99"),),
                entities=(Entity("PRP", "Medicare Part B", id_kind="PI", id="MEDIB", address=STREET, contact="Desk",
                                 phone="2175550151", website="example.org"),)),
        Benefit("L", entities=(Entity("P3", "Jones", "Marcus", "XX", "1679576722", taxonomy="207Q00000X"),)),
        Benefit("CB", procedure="99213", modifiers=("25",), rejections=(Rejection("62", "benefit", "N"),)),
    ),
    (Rejection("62", "benefit", "N"),),
    "T2",
    ("T2",),
    "PAYER1",
)  # fmt: skip


def test_a_question_about_coverage_keeps_the_guide_and_comes_back_as_it_was() -> None:
    for asked in (INQUIRY, OF_A_CHILD):
        data = write_270(asked, envelope())
        assert check(data) == []
        assert read_270(data) == [asked]
    assert read_270(write_270([INQUIRY, OF_A_CHILD], envelope())) == [INQUIRY, OF_A_CHILD]


def test_an_answer_about_coverage_keeps_the_guide_and_comes_back_as_it_was() -> None:
    data = write_271(ANSWER, envelope())
    assert check(data) == []
    assert read_271(data) == [ANSWER]


def test_a_front_desk_reads_the_answer() -> None:
    answer = read_271(write_271(ANSWER, envelope()))[0]
    assert answer.is_active
    assert answer.patient is not None
    assert answer.patient.person.first_name == "Leo"
    (copay,) = answer.rows("B", "98", in_network=True)
    assert (copay.cents, copay.authorization_required, copay.says) == (2_500, False, "copayment (a visit)")
    assert [(row.is_remaining, row.cents) for row in answer.rows("C")] == [(False, 150_000), (True, 42_017)]
    assert answer.rows("A")[0].percent == 20
    (visits,) = answer.rows("F", "PT")
    assert visits.quantity == 8
    assert visits.is_remaining
    assert visits.authorization_required
    assert [payer.name for payer in answer.other_payers] == ["Medicare Part B"]


@pytest.mark.parametrize(
    ("code", "where", "subscriber"),
    [
        ("42", "payer", None), ("79", "request", None), ("43", "provider", None), ("75", "subscriber", Member(HOLDER)),
        ("72", "subscriber", Member(HOLDER, "X9")),
    ],
)  # fmt: skip
def test_a_refusal_says_where_why_and_what_to_do(code: str, where: str, subscriber: Member | None) -> None:
    refused = (Rejection(code, where, "C"),)
    sent = EligibilityAnswer("T1" if subscriber else "", PAYER, ASKER, subscriber, rejections=refused, reference="T1")
    data = write_271(sent, envelope())
    assert check(data) == []
    (answer,) = read_271(data)
    assert answer.rejections == refused
    assert (answer.reference, answer.is_active, answer.benefits) == ("T1", None, ())
    assert refused[0].says
    assert refused[0].advice == "correct it and ask again"


def test_a_real_answer_is_read() -> None:
    (answer,) = read_271(ELIGIBILITY)
    assert (answer.trace, answer.is_active, answer.payer.id) == ("93175-012547", True, "SUNCO")
    assert answer.subscriber is not None
    begin = answer.subscriber.days("346")
    assert begin is not None
    assert begin.begin == date(2026, 1, 1)
    copay = answer.rows("B", "98")[0]
    assert (copay.cents, copay.authorization_required, copay.in_network) == (2_500, False, True)
    assert copay.quantity == 1
    assert copay.messages == ("SPECIALISTS NEED A REFERRAL",)
    assert copay.entities[0].kind == "P3"


STATUS_INQUIRY = StatusInquiry(
    "T3", PAYER, RECEIVER, ASKER, NAMED, None, "C1001", "SUN1", 17_550, TODAY, date(2026, 3, 3)
)
CLAIM_STATUS = ClaimStatus(
    "T3", PAYER, RECEIVER, ASKER, NAMED,
    (
        StatusDetail((Status("F1", "65"), Status("F1", "107", "PR")), TODAY, 17_550, 8_000, TODAY, TODAY, "EFT0001"),
        StatusDetail((Status("P1", "20"),), date(2026, 3, 1)),
    ),
    None, "C1001", "SUN1", TODAY, None,
    (LineStatus("99213", 15_000, 8_000, (StatusDetail((Status("F1", "65"),), TODAY),), ("25",), "L1", TODAY),), "T3",
)  # fmt: skip


def test_what_became_of_a_claim_is_asked_and_told() -> None:
    child = replace(CHILD, address=None)
    without_birth = replace(NAMED, person=replace(NAMED.person, birth_date=None, sex="U"))
    for asked in (STATUS_INQUIRY, replace(STATUS_INQUIRY, subscriber=without_birth, patient=child)):
        data = write_276(asked, envelope())
        assert check(data) == []
        assert read_276(data) == [asked]
    for told in (CLAIM_STATUS, replace(CLAIM_STATUS, subscriber=without_birth, patient=child)):
        data = write_277(told, envelope())
        assert check(data) == []
        assert read_277(data) == [told]
    assert CLAIM_STATUS.is_finished
    assert not CLAIM_STATUS.is_refused
    assert (CLAIM_STATUS.latest.paid_cents, CLAIM_STATUS.latest.check_number) == (8_000, "EFT0001")


def test_a_status_of_somebody_else_is_read() -> None:
    (told,) = read_277(STATUS)
    assert (told.trace, told.category, told.payer_claim_number, told.latest.charge_cents) == (
        "C1001", "P3", "SUN1", 17_550,
    )  # fmt: skip
    assert told.lines[0].details[0].statuses[0] == Status("P3", "317")


def test_a_refusal_above_the_claims_is_told() -> None:
    sent = ClaimStatus("T9", PAYER, RECEIVER, ASKER, None, (StatusDetail((Status("E0", "24", "1P"),), TODAY),))
    data = write_277(sent, envelope())
    assert check(data) == []
    (told,) = read_277(data)
    assert (told.trace, told.subscriber, told.is_refused) == ("T9", None, True)


REQUEST = ReviewRequest(
    "T4", PAYER, replace(ASKER, phone="2175550100"), OWNER, ("M54.50", "M51.26"), category="HS", service_type="PT",
    is_urgent=True, begin=TODAY, end=date(2026, 6, 2), quantity=12,
    servicing=replace(DOCTOR, address=STREET, phone="2175550111"),
    services=(ReviewedService("97110", ("GP",), Decimal(12), date=TODAY, end_date=date(2026, 6, 2), trace="T4-1"),),
    previous_number="AUTH0", note="Pain for six weeks",
)  # fmt: skip
CERTIFIED = Decision("A1", "AUTH9", (), TODAY, date(2026, 6, 2), TODAY, Decimal(12), "VS")
REVIEWED = ReviewAnswer(
    "T4", PAYER, replace(ASKER, phone="2175550100"), OWNER, CERTIFIED, service_type="PT", place_of_service="11",
    diagnoses=("M54.50",), servicing=DOCTOR, services=(ReviewedService("97110", decision=Decision("A6", "AUTH9")),),
    payer_reference="N1", note="Bring the report", reference="T4", traces=("T4",),
)  # fmt: skip


def test_an_authorization_is_asked_for() -> None:
    for asked in (REQUEST, replace(REQUEST, patient=CHILD, relationship="19", category="SC", services=())):
        data = write_278(asked, envelope())
        assert check(data) == []
        assert read_278(data) == [asked]


@pytest.mark.parametrize(
    "decision",
    [CERTIFIED, Decision("A4", reasons=("0U",)), Decision("A3", reasons=("0F", "0M")), Decision("NA"), None],
)
def test_what_was_decided_comes_back_as_it_was(decision: Decision | None) -> None:
    refused = () if decision else (Rejection("AF", "event", "C"), Rejection("AG", "service", "C"))
    for told in (
        replace(REVIEWED, decision=decision, rejections=refused),
        replace(REVIEWED, decision=decision, rejections=refused, patient=CHILD, relationship="19"),
    ):
        data = write_278_answer(told, envelope())
        assert check(data) == []
        assert read_278_answer(data) == [told]


def test_a_request_refused_at_its_head_is_told() -> None:
    for where in ("payer", "provider", "subscriber"):
        subscriber = OWNER if where == "subscriber" else None
        refused = (Rejection("79", where, "N"),)
        data = write_278_answer(ReviewAnswer("T4", PAYER, ASKER, subscriber, rejections=refused), envelope())
        (told,) = read_278_answer(data)
        assert (told.rejections, told.reference, told.decisions) == (refused, "T4", ())


def test_a_decision_of_somebody_else_is_read_and_is_no_request() -> None:
    (told,) = read_278_answer(REVIEW)
    assert (told.trace, told.category) == ("YQ001", "SC")
    assert [(each.number, each.is_certified) for each in told.decisions] == [("AUTH0001", True), ("AUTH0002", True)]
    with pytest.raises(X12Error, match="wrong-transaction"):
        read_278(REVIEW)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(X12Error, match="NPI"):
        write_270(replace(INQUIRY, provider=replace(ASKER, npi="")), envelope())
    with pytest.raises(X12Error, match="relationship"):
        write_270(replace(INQUIRY, patient=CHILD), envelope())
    with pytest.raises(X12Error, match="question"):
        write_270(replace(INQUIRY, service_types=()), envelope())
    with pytest.raises(X12Error, match="identifier"):
        write_270(replace(INQUIRY, subscriber=replace(OWNER, member_id="")), envelope())


READERS: dict[str, tuple[Callable[[bytes], Sequence[object]], ...]] = {
    "270": (read_270,), "271": (read_271,), "276": (read_276,), "277": (read_277,), "278": (read_278, read_278_answer),
}  # fmt: skip


def test_each_good_file_of_others_is_read(collection: list[Found]) -> None:
    read = 0
    for found in collection:
        if found.kind not in READERS or not found.is_good or b"X364" in found.data:
            continue
        readers = READERS[found.kind]
        if found.kind == "278":
            readers = readers[1:] if b"BHT*0007*11" in found.data else readers[:1]
        assert readers[0](found.data), found.name
        read += 1
    assert read > 40
