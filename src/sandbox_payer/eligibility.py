"""What the payer says of a patient's coverage: 270 in, 271 out, by the same rules by which it pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from liaison.engines.x12 import (
    Benefit,
    EligibilityAnswer,
    EligibilityInquiry,
    Entity,
    Member,
    Party,
    Period,
    Person,
    Reference,
)
from sandbox_payer.history import History, visits_used
from sandbox_payer.rules import Member as InBook
from sandbox_payer.rules import Payer, Plan, Rules
from sandbox_payer.who import out_of_time, refusals

# What a plan covers at least, and what is asked for when somebody asks for the plan as a whole (CAQH CORE).
COVERED = ("1", "33", "47", "48", "50", "86", "88", "98", "AL", "MH", "UC")
_OFFICE = frozenset({"98", "A0", "BY", "BZ"})
_FREE = frozenset({"80", "81", "68"})
YEAR, LEFT, VISIT = "23", "29", "27"


def answer_inquiry(inquiry: EligibilityInquiry, rules: Rules, history: History, day: date) -> EligibilityAnswer:
    """The answer to one question; `day` is the payer's. Deductible and visits are those used by the claims it paid."""
    payer = rules.payers.get(inquiry.payer.id)
    subscriber, asked = inquiry.subscriber, inquiry.service_date or day
    refused = refusals(payer, inquiry.provider, subscriber, inquiry.patient, rules)
    late = out_of_time(asked, day)
    answer = EligibilityAnswer(
        trace=inquiry.trace,
        payer=Party(payer.name, payer.id, "Provider Services", payer.phone) if payer else inquiry.payer,
        provider=inquiry.provider,
        subscriber=Member(subscriber.person, subscriber.member_id, subscriber.group_number),
        dependent=Member(inquiry.patient, relationship=_kin(inquiry.relationship)) if inquiry.patient else None,
        reference=inquiry.trace,
        rejections=refused or ((late,) if late else ()),
    )
    if payer is None or answer.rejections:
        above = any(each.where in ("request", "payer", "provider") for each in answer.rejections)
        return replace(answer, subscriber=None, dependent=None, trace="") if above else answer
    book = rules.member(payer.id, subscriber.member_id)
    plan = rules.plan_of(payer, subscriber.member_id, subscriber.group_number, subscriber.group_name)
    answer = replace(
        answer,
        payer_trace=f"{payer.id}{history.next_number('trace'):08d}",
        subscriber=_as_the_payer_has_them(subscriber.person, subscriber.member_id, plan, book, asked),
    )
    if not rules.is_active(payer.id, subscriber.member_id, asked):
        ended = (Period("357", book.end),) if book and book.end else ()
        return replace(answer, benefits=(Benefit("6", ("30",), plan=plan.name, periods=ended),))
    return replace(answer, benefits=tuple(_benefits(inquiry, payer, plan, book, rules, history, asked)))


def _kin(relationship: str) -> str:
    return relationship if relationship in ("01", "19") else "34"


def _as_the_payer_has_them(person: Person, id: str, plan: Plan, book: InBook | None, asked: date) -> Member:
    begin = book.begin if book else date(asked.year, 1, 1)
    periods = [Period("346", begin)]
    if book is None:
        return Member(person, id, periods=tuple(periods), references=(Reference("18", plan.code, plan.name),))
    if book.end:
        periods.append(Period("347", book.end))
    known = replace(person, last_name=book.family, first_name=book.given, birth_date=book.birth_date, sex=book.sex)
    changed = known.first_name.casefold() != person.first_name.casefold() or known.sex != person.sex
    number = (Reference("18", plan.code, plan.name),)
    return Member(known, id, book.group, "", "18", changed, tuple(periods), number)


def _benefits(
    inquiry: EligibilityInquiry,
    payer: Payer,
    plan: Plan,
    book: InBook | None,
    rules: Rules,
    history: History,
    asked: date,
) -> Iterator[Benefit]:
    member, year = inquiry.subscriber.member_id, asked.year
    types = tuple(kind for each in inquiry.service_types for kind in (("30", *COVERED) if each == "30" else (each,)))
    if inquiry.procedure in rules.authorized:
        types = (*types, rules.authorized[inquiry.procedure])
    types = tuple(dict.fromkeys(types))
    copay = plan.copay((inquiry.patient or inquiry.subscriber.person).birth_date, asked)
    yield Benefit("1", types, "IND", _kind_of(payer), plan.name)
    if "30" in types:
        yield from _yearly(payer, plan, member, history, year)
    for kind in types:
        yield from _shares(plan, kind, copay)
        limit = plan.visit_limits.get(kind)
        needs = kind in plan.authorization
        if limit is not None:
            used = visits_used(history, payer.id, member, kind, year) + (book.visits_used.get(kind, 0) if book else 0)
            whole = Benefit("F", (kind,), time_period=YEAR, quantity_kind="VS", quantity=Decimal(limit))
            left = Decimal(max(limit - used, 0))
            yield replace(whole, authorization_required=needs, in_network=True)
            yield replace(whole, time_period=LEFT, quantity=left, authorization_required=needs, in_network=True)
        elif needs:
            yield Benefit("D", (kind,), authorization_required=True, in_network=True)
    if inquiry.procedure in payer.not_covered:
        yield Benefit("I", procedure=inquiry.procedure)
    elif inquiry.procedure:
        needs = rules.authorized.get(inquiry.procedure) in plan.authorization
        yield Benefit("1", procedure=inquiry.procedure, modifiers=inquiry.modifiers, authorization_required=needs)
    yield from _others(plan, book, rules)


def _kind_of(payer: Payer) -> str:
    return {"MB": "MB", "MC": "MC"}.get(payer.filing_indicator, "C1")


def _yearly(payer: Payer, plan: Plan, member: str, history: History, year: int) -> Iterator[Benefit]:
    met = min(history.deductible_met(payer.id, member, year), plan.deductible_cents)
    for information, cents in (("C", plan.deductible_cents), ("G", plan.out_of_pocket_cents)):
        if cents or information == "C":
            whole = Benefit(information, ("30",), "IND", time_period=YEAR, cents=cents, in_network=True)
            yield whole
            yield replace(whole, time_period=LEFT, cents=cents - met)
            if cents:
                yield replace(whole, coverage_level="FAM", cents=cents * 2)


def _shares(plan: Plan, kind: str, office: int) -> Iterator[Benefit]:
    """Copayment and coinsurance of a service type; `office` is the copayment of a visit."""
    copay = {"UC": plan.urgent_copay_cents, **dict.fromkeys(_OFFICE, office)}.get(kind, 0)
    note = ("A referral by the primary care provider is needed",) if plan.needs_referral and kind == "98" else ()
    if kind in _FREE:
        yield Benefit("B", (kind,), time_period=VISIT, cents=0, in_network=True)
    elif copay:
        yield Benefit("B", (kind,), time_period=VISIT, cents=copay, in_network=True, messages=note)
        yield Benefit("A", (kind,), percent=Decimal(50), in_network=False)
    elif kind in ("30", "PT", "33", "62", "5", "98"):
        yield Benefit("A", (kind,), percent=Decimal(plan.coinsurance_percent), in_network=True)


def _others(plan: Plan, book: InBook | None, rules: Rules) -> Iterator[Benefit]:
    if book is None:
        return
    if book.primary_care:
        family, given, npi = book.primary_care
        yield Benefit("L", entities=(Entity("P3", family, given, "XX", npi),))
    if book.other:
        payer, number = rules.payers[book.other[0]], book.other[1]
        named = Entity("PRP", payer.name, id_kind="PI", id=payer.id, contact="Provider Services", phone=payer.phone)
        yield Benefit("R", ("30",), insurance_type="MB", references=(Reference("1W", number),), entities=(named,))
