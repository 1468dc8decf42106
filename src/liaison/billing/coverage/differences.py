"""What a payer has on file and we have otherwise, row by row, and how each is taken over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from liaison.billing.models import EligibilityCheck
from liaison.kernel import clock
from liaison.kernel.money import dollars
from liaison.kernel.names import fold


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `name` for the machine, `label` for a person, both sides in words.

    `field` and `value` are what taking it over writes; `of_patient` says that it is the patient's, not the coverage's.
    """

    name: str
    label: str
    ours: str
    theirs: str
    field: str
    value: Any
    of_patient: bool = False


def differences(check: EligibilityCheck) -> list[Difference]:
    """Where the payer's answer and the file differ, the person first. Letter case, accents and hyphens do not count."""
    if check.status != EligibilityCheck.Status.ANSWERED or not check.coverage.active:
        return []
    return [*_person(check), *_subscriber(check), *_policy(check)]


def _person(check: EligibilityCheck) -> Iterator[Difference]:
    said, patient = check.member, check.patient
    yield from _name("family", "Family name", patient.family, said.get("family", ""), "family", of_patient=True)
    yield from _name("given", "Given name", patient.given, said.get("given", ""), "given", of_patient=True)
    yield from _day(
        "birth_date", "Birth date", patient.birth_date, said.get("birth_date", ""), "birth_date", of_patient=True
    )


def _subscriber(check: EligibilityCheck) -> Iterator[Difference]:
    said, coverage = check.member, check.coverage
    if coverage.relationship == coverage.Relationship.SELF:
        return
    for part, label in (("family", "Subscriber’s family name"), ("given", "Subscriber’s given name")):
        name = f"subscriber_{part}"
        yield from _name(name, label, getattr(coverage, name), said.get(name, ""), name)
    name = "subscriber_birth_date"
    yield from _day(name, "Subscriber’s birth date", coverage.subscriber_birth_date, said.get(name, ""), name)


def _policy(check: EligibilityCheck) -> Iterator[Difference]:
    said, coverage = check.member, check.coverage
    for name, label, theirs in (
        ("member_id", "Member ID", said.get("member_id", "")),
        ("group_number", "Group number", said.get("group_number", "")),
        ("plan", "Plan", check.plan),
    ):
        ours = getattr(coverage, name)
        # Plans go by longer and shorter names
        alike = name == "plan" and ours and (_key(theirs).startswith(_key(ours)) or _key(ours).startswith(_key(theirs)))
        if theirs and _key(ours) != _key(theirs) and not alike:
            yield Difference(name, label, ours, theirs, name, theirs)
    if check.copay_cents is not None and check.copay_cents != coverage.copay_cents:
        ours = dollars(coverage.copay_cents) if coverage.copay_cents else "none"
        yield Difference("copay", "Copayment", ours, dollars(check.copay_cents), "copay_cents", check.copay_cents)
    ended = _iso(said.get("ends", ""))
    if check.active is False:
        # The last day that the payer names, else the day before the one that was asked about
        last = ended if ended and ended < check.service_date else check.service_date - timedelta(days=1)
        if not coverage.starts or last >= coverage.starts:
            yield Difference("ended", "Coverage", "in force", f"ended {clock.told(last)}", "ends", last)
    elif ended and coverage.ends and ended != coverage.ends:
        yield Difference("ends", "Last day", clock.told(coverage.ends), clock.told(ended), "ends", ended)


def _key(text: str) -> str:
    return "".join(fold(text).split())


def _name(
    name: str, label: str, ours: str, theirs: str, field: str, *, of_patient: bool = False
) -> Iterator[Difference]:
    """Names differ where neither begins the other: payers leave out second names, and cut long ones."""
    mine, other = fold(ours), fold(theirs)
    if not other or mine == other:
        return
    short, long = sorted((_key(ours), _key(theirs)), key=len)
    if name.endswith("given") and short and long.startswith(short):
        return
    if len(short) >= 15 and long.startswith(short):
        return
    written = theirs.title() if theirs.isupper() else theirs
    yield Difference(name, label, ours, written, field, written, of_patient)


def _day(
    name: str, label: str, ours: date | None, theirs: str, field: str, *, of_patient: bool = False
) -> Iterator[Difference]:
    day = _iso(theirs)
    if day and day != ours:
        yield Difference(name, label, clock.told(ours) if ours else "", clock.told(day), field, day, of_patient)


def _iso(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
