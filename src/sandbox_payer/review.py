"""Authorizations and referrals: 278 in, its answer out; and what claims use of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from liaison.engines.x12 import Decision, Party, Rejection, ReviewAnswer, ReviewRequest
from sandbox_payer.history import History, visits_used
from sandbox_payer.rules import Payer, Plan, Rules
from sandbox_payer.who import STOP, refusals

_KIND = "authorization"
_DAYS = 90
# More than so many visits are looked at by a person first.
_MANY = 30
_CANCEL = "3"
REFERRAL = "SC"


@dataclass(frozen=True, slots=True)
class Authorization:
    """What may still be used of an authorization."""

    number: str
    payer: str
    member: str
    kind: str
    left: int
    begin: str
    end: str


def answer_review(request: ReviewRequest, rules: Rules, history: History, day: date) -> ReviewAnswer:
    """The answer to one request."""
    payer = rules.payers.get(request.payer.id)
    refused = refusals(payer, request.requester, request.subscriber, request.patient, rules)
    above = any(each.where in ("request", "payer", "provider") for each in refused)
    answer = ReviewAnswer(
        trace=request.trace,
        payer=Party(payer.name, payer.id) if payer else request.payer,
        requester=request.requester,
        subscriber=None if above else request.subscriber,
        patient=None if above else request.patient,
        relationship="18" if above else request.relationship,
        category=request.category,
        certification=request.certification,
        service_type=request.service_type,
        place_of_service=request.place_of_service,
        diagnoses=request.diagnoses,
        servicing=request.servicing,
        services=tuple(replace(each, decision=None) for each in request.services),
        rejections=refused,
        reference=request.trace,
    )
    if payer is None or refused:
        return answer
    if not rules.is_active(payer.id, request.subscriber.member_id, request.begin or day):
        return replace(answer, rejections=(Rejection("95", "subscriber", STOP),))
    decision, pended = _decide(request, payer, rules, history, day)
    return replace(answer, decision=decision, payer_reference=pended)


def _decide(request: ReviewRequest, payer: Payer, rules: Rules, history: History, day: date) -> tuple[Decision, str]:
    """The decision, and the number of a request that waits for a person."""
    member = request.subscriber.member_id
    if request.certification == _CANCEL:
        return _cancel(history, request.previous_number), ""
    plan = rules.plan_of(payer, member, request.subscriber.group_number)
    begin = request.begin or day
    if any(each.procedure in payer.not_covered for each in request.services):
        return Decision("A3", reasons=("0M",), issued=day), ""
    kind = _kind(request, rules)
    if not _is_needed(request, plan, kind):
        return Decision("NA", issued=day), ""
    wanted = int(request.quantity or 1)
    asked = f"review/{payer.id}/{member}/{kind}/{begin}"
    if (wanted > _MANY or (kind == "62" and not request.note)) and not history.recall(_KIND, asked):
        # Who asks again is taken to have sent what was wanted.
        history.note(_KIND, asked, "asked")
        return Decision("A4", reasons=("0U",)), f"R{history.next_number('review'):08d}"
    limit = plan.visit_limits.get(kind)
    left = wanted if limit is None else max(limit - visits_used(history, payer.id, member, kind, begin.year), 0)
    if not left:
        return Decision("A3", reasons=("0L",), issued=day), ""
    granted, end = min(wanted, left), request.end or begin + timedelta(days=_DAYS)
    number = f"AUTH{history.next_number('authorization'):06d}"
    _keep(history, Authorization(number, payer.id, member, kind, granted, str(begin), str(end)))
    action = "A1" if granted == wanted else "A6"
    return Decision(action, number, (), begin, end, day, Decimal(granted), request.quantity_kind), ""


def _kind(request: ReviewRequest, rules: Rules) -> str:
    """The service type: that of a procedure, where one is named, else the one that is."""
    kinds = (rules.authorized.get(each.procedure) for each in request.services)
    return next((kind for kind in kinds if kind), request.service_type)


def _is_needed(request: ReviewRequest, plan: Plan, kind: str) -> bool:
    return plan.needs_referral if request.category == REFERRAL else kind in plan.authorization


def _cancel(history: History, number: str) -> Decision:
    known = find_authorization(history, number)
    if known is None:
        return Decision("CT")
    history.note(_KIND, number, "")
    return Decision("C", number)


def _keep(history: History, authorization: Authorization) -> None:
    history.note(_KIND, authorization.number, json.dumps(asdict(authorization)))


def find_authorization(history: History, number: str) -> Authorization | None:
    kept = history.recall(_KIND, number) if number else ""
    return Authorization(**json.loads(kept)) if kept.startswith("{") else None


def use(history: History, number: str, payer: str, member: str, kind: str, day: date) -> str:
    """Use one visit of an authorization. Why it cannot be used as a CARC: 197 there is none, 198 nothing left of it."""
    known = find_authorization(history, number)
    if known is None or (known.payer, known.member, known.kind) != (payer, member, kind):
        return "197"
    if not known.left or not known.begin <= str(day) <= known.end:
        return "198"
    _keep(history, replace(known, left=known.left - 1))
    return ""
