"""The visit summary: what the patient takes home, in plain words, as data for a page and as a PDF."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib import resources
from zoneinfo import ZoneInfo

import orjson
import typst

from liaison.billing.queries import balance_of
from liaison.chart.models import Medication, Observation
from liaison.chart.queries import diagnoses_of, vitals_of
from liaison.chart.vitals import FORM_KIND
from liaison.kernel import phones
from liaison.kernel.money import dollars
from liaison.orders.models import Order
from liaison.orders.queries import of_encounter
from liaison.visits.models import Visit
from liaison.visits.words import measured

_TEMPLATE = "summary.typ"
_SAID = {
    "bp": "Blood pressure",
    "pulse": "Pulse",
    "temperature": "Temperature",
    "weight": "Weight",
    "height": "Height",
    "spo2": "Oxygen in the blood",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A visit in the patient's words. Every list holds whole sentences or lines."""

    name: str
    born: str
    day: str
    provider: str
    site: str
    visit_type: str
    found: list[str]
    next: list[str]
    medicines: list[str]
    tests: list[str]
    follow_up: str
    balance: str
    call: str


def summary(visit: Visit) -> Summary:
    """The summary of a visit that was opened (`queries.visit_for`), in a fixed number of queries."""
    zone = ZoneInfo(visit.site.zone)
    patient, site = visit.patient, visit.site
    ordered = of_encounter(visit.encounter_id) if visit.encounter_id else []
    taken = Medication.objects.filter(patient_id=visit.patient_id, status="active").order_by("display")
    call = f"Call us at {phones.shown(site.phone)}." if site.phone else f"Call {site.name}."
    return Summary(
        name=f"{patient.given} {patient.family}".strip(),
        born=f"{patient.birth_date.day} {patient.birth_date:%B %Y}",
        day=_day(visit.day or visit.created_at.astimezone(zone).date()),
        provider=visit.provider.full if visit.provider else "our nursing staff",
        site=site.name,
        visit_type=visit.protocol.title if visit.protocol else visit.visit_type,
        found=_found(visit),
        next=[line.strip() for line in visit.instructions.splitlines() if line.strip()],
        medicines=[": ".join(filter(None, (row.display, row.dosage))) for row in taken],
        tests=[_test(order) for order in ordered],
        follow_up=_follow_up(visit, zone),
        balance=_balance(balance_of(visit.patient_id)),
        call=f"{call} For an emergency call 911.",
    )


def pdf(visit: Visit) -> bytes:
    """The summary as a PDF of US letter pages in large type."""
    template = (resources.files("liaison.visits") / _TEMPLATE).read_bytes()
    data = orjson.dumps(asdict(summary(visit))).decode()
    return bytes(typst.compile(template, sys_inputs={"data": data}, format="pdf"))


def _found(visit: Visit) -> list[str]:
    if visit.encounter_id is None:
        return []
    latest: dict[str, Observation] = {FORM_KIND.get(row.code, ""): row for row in vitals_of(visit.encounter_id)}
    lines = [f"{_SAID[kind]}: {measured(latest[kind])}" for kind in _SAID if kind in latest]
    return [row.display for row in diagnoses_of(visit.encounter_id)] + lines


def _test(order: Order) -> str:
    if order.status == Order.Status.COMPLETED:
        return f"{order.display}: {order.result}" if order.result else f"{order.display}: done"
    return f"{order.display}: still to be done"


def _follow_up(visit: Visit, zone: ZoneInfo) -> str:
    asked = visit.follow_up
    if asked.get("starts_at"):
        at = datetime.fromisoformat(asked["starts_at"]).astimezone(zone)
        return f"{_day(at.date())} at {at:%I:%M %p}".replace(" at 0", " at ") + f", {visit.site.name}."
    if asked.get("declined"):
        return "You did not want to book a next visit now. Call us when you do."
    if asked.get("interval_days"):
        return f"Please come back {_in_words(asked['interval_days'])}."
    return "No next visit is needed for this. Come when you need us."


def _in_words(days: int) -> str:
    if days % 365 == 0:
        return "in a year" if days == 365 else f"in {days // 365} years"
    if days >= 60:
        return f"in about {round(days / 30.4)} months"
    if days % 7 == 0:
        return "in a week" if days == 7 else f"in {days // 7} weeks"
    return f"in {days} days"


def _balance(cents: int) -> str:
    if cents > 0:
        return f"{dollars(cents)} on your account today. Your insurance may still change what this visit costs you."
    if cents < 0:
        return f"Nothing. You have {dollars(-cents)} to your credit."
    return "Nothing today. Your insurance may still say that a part of this visit is yours to pay."


def _day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
