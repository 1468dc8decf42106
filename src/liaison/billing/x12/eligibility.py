"""A question about coverage as the X12 engine writes it (270), and what a payer's answer (271) tells a front desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from liaison.billing.models import EligibilityCheck
from liaison.billing.x12 import parties
from liaison.engines import x12
from liaison.engines.x12.words import COVERAGE_LEVELS, QUANTITIES, SERVICE_TYPES, TIME_PERIODS, says
from liaison.places.models import Organization

OFFICE_VISIT = "98"
PLAN = "30"
RESTRICTED = "N"  # EB01: services restricted to the provider that follows
_ASKED = (PLAN, OFFICE_VISIT)
_LEFT = frozenset({"29", "33"})
_YEAR = ("23", "22", "25", "21", "")
_MOST = 2_000_000_000


def envelope(practice: Organization, payer: Organization, created: datetime, control: int) -> x12.Envelope:
    """Who asks whom, under which number."""
    return x12.Envelope(
        sender_id=(practice.npi or parties.digits(practice.tax_id))[:15],
        receiver_id=payer.code[:15],
        created=created.replace(microsecond=0),
        control_number=control,
        group_control=control,
    )


def question(check: EligibilityCheck, practice: Organization, created: datetime, control: int) -> bytes:
    """The 270 of a check. Raises X12Error where something that the payer needs is missing."""
    coverage, patient = check.coverage, check.patient
    inquiry = x12.EligibilityInquiry(
        trace=check.trace,
        payer=parties.payer(coverage.payer),
        provider=parties.billing_provider(practice),
        subscriber=parties.subscriber(coverage, patient),
        patient=parties.dependent(coverage, patient),
        relationship=parties.RELATIONSHIP[coverage.relationship],
        service_date=check.service_date,
        service_types=_ASKED,
    )
    return x12.write_270(inquiry, envelope(practice, coverage.payer, created, control))


@dataclass(frozen=True)
class Facts:
    """What a 271 tells, by the columns of EligibilityCheck. None and empty: the payer did not say."""

    active: bool | None = None
    plan: str = ""
    copay_cents: int | None = None
    coinsurance_percent: Decimal | None = None
    deductible_cents: int | None = None
    deductible_left_cents: int | None = None
    out_of_pocket_left_cents: int | None = None
    visits_left: int | None = None
    needs_referral: bool | None = None
    needs_authorization: bool | None = None
    other_payer: str = ""
    primary_care: str = ""
    member: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    benefits: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls))


def facts(answer: x12.EligibilityAnswer) -> Facts:
    """What an answer says of an office visit in the network, the patient's own share before the family's."""
    deductible = _rows(answer, "C")
    visits = _left(_rows(answer, "F"), "VS")
    messages = list(dict.fromkeys(words for row in answer.benefits for words in row.messages if words.strip()))
    return Facts(
        active=answer.covers(PLAN),
        plan=_plan(answer)[:100],
        copay_cents=_cents(_rows(answer, "B")),
        coinsurance_percent=_percent(_rows(answer, "A")),
        deductible_cents=_cents([row for row in deductible if row.time_period in _YEAR]),
        deductible_left_cents=_cents([row for row in deductible if row.time_period in _LEFT]),
        out_of_pocket_left_cents=_cents([row for row in _rows(answer, "G") if row.time_period in _LEFT]),
        visits_left=visits,
        needs_referral=_needs_referral(answer, messages),
        needs_authorization=_needs_authorization(answer, messages),
        other_payer="; ".join(dict.fromkeys(filter(None, map(_named, answer.other_payers))))[:200],
        primary_care=_primary_care(answer)[:200],
        member=_member(answer),
        messages=[words[:264] for words in messages][:40],
        benefits=[_row(row) for row in answer.benefits][:400],
    )


def _rows(answer: x12.EligibilityAnswer, information: str) -> list[x12.Benefit]:
    """Rows of a kind in the network: of the office visit first, then of the plan; the patient's own first."""
    rows = [row for row in answer.rows(information, in_network=True) if not row.procedure]
    about = [row for row in rows if OFFICE_VISIT in row.service_types]
    about += [row for row in rows if row not in about and row.about(PLAN)]
    return sorted(about, key=lambda row: row.coverage_level not in ("IND", ""))


def _cents(rows: Iterable[x12.Benefit]) -> int | None:
    return next((row.cents for row in rows if row.cents is not None and 0 <= row.cents <= _MOST), None)


def _percent(rows: Iterable[x12.Benefit]) -> Decimal | None:
    found = (row.percent for row in rows if row.percent is not None and 0 <= row.percent <= 100)
    return next((percent.quantize(Decimal("0.01")) for percent in found), None)


def _left(rows: Sequence[x12.Benefit], kind: str) -> int | None:
    counted = [row for row in rows if row.quantity is not None and row.quantity_kind == kind and row.is_remaining]
    return next((int(row.quantity) for row in counted if row.quantity is not None and 0 <= row.quantity < 30_000), None)


def _plan(answer: x12.EligibilityAnswer) -> str:
    named = [row for row in answer.benefits if row.information in "12345" and row.plan]
    named.sort(key=lambda row: PLAN not in row.service_types)
    return named[0].plan if named else ""


def _says_needed(messages: Sequence[str], word: str) -> bool | None:
    """What free text says of a need, where no coded element does."""
    said = [words.upper() for words in messages if word in words.upper()]
    if any(f"NO {word}" in words or f"{word} NOT " in words or f"{word} IS NOT" in words for words in said):
        return False
    needed = ("REQUIRED", "NEEDED", "NECESSARY", "MUST", "REQUIRES")
    return True if any(any(verb in words for verb in needed) for words in said) else None


def _needs_referral(answer: x12.EligibilityAnswer, messages: Sequence[str]) -> bool | None:
    """Whether an office visit needs a referral.

    The standard has no element for it. What is coded comes first: EB11 of a row whose message speaks of a referral,
    then EB01 N, services that one provider alone may give. Then words of the rows about the visit, then any words.
    """
    about = [row for row in _in_network(answer) if OFFICE_VISIT in row.service_types]
    said = {row.authorization_required for row in about if _speaks_of(row, "REFERRAL")} - {None}
    if said:
        return True in said
    if any(row.information == RESTRICTED for row in about):
        return True
    of_visit = _says_needed([words for row in about for words in row.messages], "REFERRAL")
    return of_visit if of_visit is not None else _says_needed(messages, "REFERRAL")


def _needs_authorization(answer: x12.EligibilityAnswer, messages: Sequence[str]) -> bool | None:
    about = [row for row in _in_network(answer) if OFFICE_VISIT in row.service_types]
    coded = [row for row in about if not _speaks_of(row, "REFERRAL") or _speaks_of(row, "AUTHORIZATION")]
    said = {row.authorization_required for row in coded} - {None}
    if said:
        return True in said
    return _says_needed(messages, "AUTHORIZATION")


def _in_network(answer: x12.EligibilityAnswer) -> list[x12.Benefit]:
    return [row for row in answer.benefits if row.in_network is not False]


def _speaks_of(row: x12.Benefit, word: str) -> bool:
    return any(word in words.upper() for words in row.messages)


def _named(entity: x12.Entity) -> str:
    name = " ".join(filter(None, (entity.first_name, entity.name)))
    return f"{name} ({entity.id})" if name and entity.id else name or entity.id


def _primary_care(answer: x12.EligibilityAnswer) -> str:
    found = (entity for row in answer.benefits for entity in row.entities if entity.kind in ("P3", "1P"))
    entity = next((each for each in found if each.name), None)
    if entity is None:
        return ""
    name = " ".join(filter(None, (entity.first_name, entity.name)))
    return ", ".join(filter(None, (name, entity.phone)))


def _member(answer: x12.EligibilityAnswer) -> dict[str, Any]:
    """The patient as the payer has them, and the numbers of the policy; what is not said is left out."""
    holder, patient = answer.subscriber, answer.patient
    if holder is None or patient is None:
        return {}
    said: dict[str, Any] = {
        "family": patient.person.last_name,
        "given": patient.person.first_name,
        "birth_date": _iso(patient.person.birth_date),
        "member_id": holder.member_id,
        "group_number": holder.group_number or patient.group_number,
        "group_name": holder.group_name or patient.group_name,
        "changed": patient.changed,
    }
    if answer.dependent is not None:
        said |= {
            "subscriber_family": holder.person.last_name,
            "subscriber_given": holder.person.first_name,
            "subscriber_birth_date": _iso(holder.person.birth_date),
        }
    periods = [period for member in (patient, holder) for period in member.periods]
    periods += [period for row in answer.benefits if row.information in "12345678" for period in row.periods]
    said["begins"] = _iso(
        next((period.begin for period in periods if period.kind in ("346", "356", "291", "307")), None)
    )
    ended = (period.begin for period in periods if period.kind in ("347", "357"))
    spans = (period.end for period in periods if period.kind in ("291", "307") and period.end)
    said["ends"] = _iso(next(ended, None) or next(spans, None))
    return {name: value for name, value in said.items() if value}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _row(row: x12.Benefit) -> dict[str, Any]:
    """One row of the answer in words, for who wants to read all of it."""
    amount: dict[str, Any] = {}
    if row.cents is not None:
        amount["cents"] = row.cents
    if row.percent is not None:
        amount["percent"] = f"{row.percent.normalize():f}"
    if row.quantity is not None:
        amount["quantity"] = f"{row.quantity:f} {says(QUANTITIES, row.quantity_kind)}".strip()
    if row.is_remaining and row.quantity_kind == "VS" and row.quantity is not None:
        amount["visits_left"] = int(row.quantity)
    said = {
        "what": row.says,
        "services": ", ".join(says(SERVICE_TYPES, code) for code in row.service_types) or row.procedure,
        "level": says(COVERAGE_LEVELS, row.coverage_level),
        "plan": row.plan,
        "period": says(TIME_PERIODS, row.time_period),
        "network": {True: "in the network", False: "out of the network", None: ""}[row.in_network],
        "authorization": {True: "authorization needed", False: "", None: ""}[row.authorization_required],
        "messages": list(row.messages),
        "with": ", ".join(filter(None, map(_named, row.entities))),
    }
    return amount | {name: value for name, value in said.items() if value}
