"""What a planned visit will cost: its usual lines by the fee schedule, when an estimate is due, and an insured's share.

Good-faith estimates follow 45 CFR 149.610 for those who are not insured, or do not use their insurance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from liaison.billing.charging.preventive import by_age
from liaison.billing.coverage import business_days
from liaison.billing.models import EligibilityCheck
from liaison.billing.queries.services import fees_in_force
from liaison.chart.models import Encounter
from liaison.documents.queries import all_in_force
from liaison.kernel.money import dollars
from liaison.schedule.models import Appointment

_FARTHEST = 366


def due_on(scheduled: date, visit: date) -> date | None:
    """By when an estimate of a scheduled visit is to be given (149.610(b)(1)(vi)); None where it comes too soon.

    Scheduled at least ten business days before: within three business days; at least three before: within one.
    """
    if visit <= scheduled:
        return None
    ahead = business_days.between(scheduled, visit) if (visit - scheduled).days < _FARTHEST else 10
    if ahead >= 10:
        return business_days.after(scheduled, 3)
    return business_days.after(scheduled, 1) if ahead >= 3 else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate; `cents` is for all units."""

    code: str
    words: str
    units: int
    cents: int

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "words": self.words, "units": self.units, "cents": self.cents}


@dataclass(frozen=True, slots=True)
class Planned:
    """What is known of a planned visit: what it is called, and what is usually charged for it."""

    service: str
    lines: tuple[Line, ...]


def planned(appointment: Appointment) -> Planned:
    """A booked visit's usual lines: its evaluation, by whether the patient is new here."""
    document = next((one for one in all_in_force("visit-type") if one.key == appointment.visit_type), None)
    day = appointment.starts_at.astimezone(ZoneInfo(appointment.site.zone)).date()
    codes = by_age((document.body.get("em") or {}) if document else {}, appointment.patient.birth_date, day)
    code = codes.get("established" if _is_known(appointment.patient_id, appointment.starts_at) else "new", "")
    service = document.title if document else appointment.visit_type
    return Planned(service, (priced(code),) if code else ())


def _is_known(patient_id: Any, at: datetime) -> bool:
    """Whether the patient was seen here in three years (CMS Claims Processing Manual, chapter 12, 30.6.7)."""
    seen = Encounter.objects.filter(patient_id=patient_id, here=True, status=Encounter.Status.FINISHED)
    return seen.filter(starts_at__gte=at - relativedelta(years=3), starts_at__lt=at).exists()


def priced(code: str, units: int = 1) -> Line:
    """A code by the fee schedule; without a price it is nothing, to be typed."""
    fee = fees_in_force().get(code, {})
    return Line(code, str(fee.get("display") or ""), units, int(fee.get("cents") or 0) * units)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an insured patient may have to pay of a visit: at most so much, and how that comes about, step by step."""

    payer: str
    at: datetime | None
    most_cents: int
    steps: tuple[tuple[str, int | None], ...]


def expectation(check: EligibilityCheck, lines: Sequence[Line]) -> Expectation | None:
    """The patient's share by the last 271, at the practice's own prices; what the payer allows is as much or less.

    An office visit costs its copayment, where there is one. Of all else the deductible that is left comes first, then
    the coinsurance of what remains; and no more than is left out of pocket. None where the payer told nothing.
    """
    known = (check.copay_cents, check.deductible_left_cents, check.coinsurance_percent)
    if check.status != EligibilityCheck.Status.ANSWERED or not check.active or known == (None, None, None):
        return None
    whole = total(lines)
    steps: list[tuple[str, int | None]] = [("Our price", whole)]
    office = total([line for line in lines if line.code.startswith("992")]) if check.copay_cents is not None else 0
    share = min(check.copay_cents or 0, office)
    if office:
        steps.append(("Copayment of the office visit", share))
    if rest := whole - office:
        left = check.deductible_left_cents or 0
        deductible = min(left, rest)
        percent = check.coinsurance_percent or Decimal(0)
        insured = _percent(rest - deductible, percent)
        steps.append((f"Goes to the deductible, of which {dollars(left)} is left", deductible))
        steps.append((f"Coinsurance, {percent.normalize():f} % of what remains", insured))
        share += deductible + insured
    if check.out_of_pocket_left_cents is not None and check.out_of_pocket_left_cents < share:
        share = check.out_of_pocket_left_cents
        steps.append(("No more than is left out of pocket", share))
    return Expectation(check.coverage.payer.name, check.answered_at, share, tuple(steps))


def _percent(cents: int, percent: Decimal) -> int:
    return int((Decimal(cents) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def total(lines: Sequence[Line]) -> int:
    return sum(line.cents for line in lines)
