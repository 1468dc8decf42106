"""Whatever a document may say survives being written and read, and keeps the guide."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    Adjustment,
    Benefit,
    Decision,
    Delivery,
    LineAdjudication,
    Period,
    Reference,
    ReviewedService,
    Status,
    StatusDetail,
    check,
    read_271,
    read_276,
    read_277,
    read_278,
    read_278_answer,
    read_835,
    read_837p,
    write_271,
    write_276,
    write_277,
    write_278,
    write_278_answer,
    write_835,
    write_837p,
)
from liaison.engines.x12.words import INFORMATION, STATUS_CATEGORIES, TIME_PERIODS
from tests.x12.samples import (
    batch,
    claim,
    envelope,
    full_claim,
    full_line,
    full_remittance,
    remittance,
    secondary_claim,
)
from tests.x12.test_inquiries import ANSWER, CERTIFIED, CLAIM_STATUS, REQUEST, REVIEWED, STATUS_INQUIRY

pytestmark = pytest.mark.engine

days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
cents = st.integers(-(10**9), 10**9)
plain = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .,'/-]{0,18}[A-Za-z0-9]", fullmatch=True).filter(lambda t: "  " not in t)
number = st.from_regex(r"[A-Z0-9]{2,20}", fullmatch=True)
count = st.decimals(0, 99_999, places=1).map(lambda d: d.normalize() + 0)


def some(whole: Any, plain_one: Any, data: st.DataObject, *keep: str) -> Any:
    """A document with some of its optional facts left out."""
    changes = {
        field.name: getattr(plain_one, field.name)
        for field in fields(whole)
        if field.name not in keep and data.draw(st.booleans())
    }
    return replace(whole, **changes)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_claim_with_any_of_its_facts(data: st.DataObject) -> None:
    bare = claim("C1002")
    whole = some(full_claim(), bare, data, "patient", "relationship", "frequency", "original_claim_number", "lines")
    if not whole.note:
        whole = replace(whole, note_kind="ADD")
    if whole.disability_begin is None and whole.disability_end is None:
        whole = replace(whole, disability_begin=data.draw(days))
    line = some(full_line(), bare.lines[0], data, "procedure", "charge_cents", "purchased", "purchased_cents")
    adjudication = LineAdjudication(
        "SUNCO", data.draw(cents), data.draw(days), (Adjustment("PR", "1", data.draw(cents)),),
        units=data.draw(st.none() | st.just(Decimal(7))), patient_owes_cents=data.draw(st.none() | cents),
    )  # fmt: skip
    line = replace(line, charge_cents=2_000, adjudications=(adjudication,) * data.draw(st.integers(0, 2)))
    whole = replace(whole, lines=(line,), total_cents=2_000, others=secondary_claim().others)
    sent = batch(whole)
    written = write_837p(sent)
    assert check(written) == []
    assert read_837p(written) == sent


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_an_answer_with_any_benefits(data: st.DataObject) -> None:
    benefits = st.builds(
        Benefit,
        information=st.sampled_from(sorted(INFORMATION)),
        service_types=st.lists(st.sampled_from(["30", "98", "UC", "PT"]), unique=True, max_size=4).map(tuple),
        coverage_level=st.sampled_from(["", "IND", "FAM"]),
        plan=st.just("") | plain,
        time_period=st.sampled_from(["", *TIME_PERIODS]),
        cents=st.none() | st.integers(0, 10**9),
        percent=st.none() | st.decimals(0, 100, places=1).map(lambda d: d.normalize() + 0),
        authorization_required=st.none() | st.booleans(),
        in_network=st.none() | st.booleans(),
        periods=st.lists(st.builds(Period, st.just("292"), days), max_size=2).map(tuple),
        references=st.lists(st.builds(Reference, st.just("1L"), number), max_size=2).map(tuple),
        messages=st.lists(plain, max_size=3).map(tuple),
        deliveries=st.lists(st.builds(Delivery, st.just("VS"), count), max_size=2).map(tuple),
    )
    told = replace(ANSWER, benefits=tuple(data.draw(st.lists(benefits, max_size=5))), rejections=())
    written = write_271(told, envelope())
    assert check(written) == []
    assert read_271(written) == [told]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_status_with_any_details(data: st.DataObject) -> None:
    statuses = st.builds(Status, st.sampled_from(sorted(set(STATUS_CATEGORIES) - {"DR01"})), number)
    details = st.builds(
        StatusDetail,
        st.lists(statuses, min_size=1, max_size=3).map(tuple),
        days,
        st.none() | cents,
        st.none() | cents,
        st.none() | days,
        st.none() | days,
        st.just("") | st.from_regex(r"[A-Z0-9]{2,16}", fullmatch=True),
    )
    told = replace(
        CLAIM_STATUS,
        trace=data.draw(number),
        details=tuple(data.draw(st.lists(details, min_size=1, max_size=4))),
        service_date=data.draw(days),
        payer_claim_number=data.draw(number),
    )
    told = replace(told, lines=tuple(replace(line, service_date=told.service_date) for line in told.lines))
    written = write_277(told, envelope())
    assert check(written) == []
    assert read_277(written) == [told]
    asked = replace(STATUS_INQUIRY, charge_cents=data.draw(st.none() | st.integers(0, 10**9)), service_end=None)
    assert read_276(write_276(asked, envelope())) == [asked]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_review_with_any_services(data: st.DataObject) -> None:
    decisions = st.none() | st.builds(
        replace,
        st.just(CERTIFIED),
        action=st.sampled_from(["A1", "A2", "A3", "A4", "A6", "C", "CT", "NA"]),
        number=st.just("") | number,
        reasons=st.lists(st.sampled_from(["0F", "0U", "0M"]), unique=True, max_size=3).map(tuple),
        begin=st.none() | days,
        end=st.none() | days,
        issued=st.none() | days,
    )
    services = st.builds(
        ReviewedService,
        st.sampled_from(["97110", "99213"]),
        st.lists(st.sampled_from(["GP", "59"]), unique=True, max_size=2).map(tuple),
        st.none() | count,
        charge_cents=st.none() | st.integers(0, 10**9),
        date=st.none() | days,
        trace=st.just("") | number,
    )
    asked = replace(REQUEST, services=tuple(data.draw(st.lists(services, max_size=3))), note=data.draw(plain))
    written = write_278(asked, envelope())
    assert check(written) == []
    assert read_278(written) == [asked]
    decided = [replace(each, decision=_without_days(data.draw(decisions), each.date)) for each in asked.services]
    told = replace(REVIEWED, decision=data.draw(decisions), services=tuple(decided))
    written = write_278_answer(told, envelope())
    assert [problem for problem in check(written) if problem.rule != "segment-repeat"] == []
    assert read_278_answer(written) == [told]


def _without_days(decision: Decision | None, day: date | None) -> Decision | None:
    """A service has room for three days."""
    return decision and (replace(decision, issued=None) if day else decision)


# These go together.
_NAMED = ("lines", "member_id", "contact", "contact_phone")
_SUBMITTED = ("submitted_procedure", "submitted_modifiers", "submitted_units")
_BANKS = ("sender_bank", "sender_account", "receiver_bank", "receiver_account")


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_remittance_with_any_of_its_facts(data: st.DataObject) -> None:
    whole, bare = full_remittance(), remittance()
    claims = []
    for each in whole.claims:
        line = some(each.lines[0], bare.claims[0].lines[0], data, "end_date", "date", *_SUBMITTED)
        claims.append(some(replace(each, lines=(line,)), bare.claims[1], data, *_NAMED))
    sent = replace(some(whole, bare, data, "claims", *_BANKS), claims=tuple(claims))
    written = write_835(sent, envelope())
    assert [problem for problem in check(written) if not problem.rule.startswith(("line-", "claim-", "payment-"))] == []
    assert read_835(written) == [sent]
