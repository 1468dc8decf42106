"""What is asked about coverage: a patient's with what the payer says, the standing at the front desk, a day's list."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from liaison.billing.actions.eligibility import can_be_asked
from liaison.billing.coverage.differences import Difference, differences
from liaison.billing.models import Authorization, EligibilityCheck, Estimate
from liaison.billing.realtime import is_set_up
from liaison.kernel.errors import NotFound
from liaison.people.models import Coverage, CoverageCard, Patient
from liaison.people.queries import all_coverages, cards_of, patient_for
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.prepared import Prepared
from liaison.schedule.models import Appointment

S = EligibilityCheck.Status
OPEN = (Authorization.Status.REQUESTED, Authorization.Status.PENDED, Authorization.Status.CERTIFIED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a coverage stands in two words, with their tone, and what a pointer over them says."""

    words: str
    tone: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A coverage on file, its card, the newest answer about it, and the question that is out."""

    coverage: Coverage
    cards: dict[str, CoverageCard]
    check: EligibilityCheck | None
    waiting: EligibilityCheck | None
    standing: Standing
    askable: bool
    differences: tuple[Difference, ...] = ()

    @property
    def share(self) -> list[tuple[str, str, str]]:
        """Label, amount and the smaller print of what the patient pays, as the payer says."""
        return shares(self.check) if self.check and self.check.status == S.ANSWERED else []


@dataclass(frozen=True, slots=True)
class CoverageView:
    """All about a patient's coverage."""

    patient: Patient
    held: list[Held]
    ended: list[Coverage]
    authorizations: list[Authorization]
    past_authorizations: list[Authorization]
    estimates: list[Estimate]
    can_ask: bool


def coverage_for(actor: Actor, patient_id: UUID) -> CoverageView:
    """A patient's coverage with the payers' newest answers, authorizations and estimates; the look is audited."""
    patient = patient_for(actor, patient_id, why="coverage")
    every, cards = all_coverages(patient_id), cards_of(patient_id)
    checks = EligibilityCheck.objects.filter(Q(latest=True) | Q(status=S.ASKED), patient_id=patient_id)
    newest: dict[UUID, EligibilityCheck] = {}
    waiting: dict[UUID, EligibilityCheck] = {}
    for check in checks.order_by("asked_at"):
        if check.latest:
            newest[check.coverage_id] = check
        if check.status == S.ASKED:
            waiting[check.coverage_id] = check
    given = list(
        Authorization.objects.filter(patient_id=patient_id)
        .select_related("coverage__payer", "provider")
        .order_by("-starts", "-created_at")
    )
    return CoverageView(
        patient=patient,
        held=[
            _held(each, patient, cards.get(each.pk, {}), newest.get(each.pk), waiting.get(each.pk))
            for each in every
            if each.active
        ],
        ended=[each for each in every if not each.active],
        authorizations=[each for each in given if each.status in OPEN],
        past_authorizations=[each for each in given if each.status not in OPEN],
        estimates=list(
            Estimate.objects.filter(patient_id=patient_id).defer("pdf").select_related("provider").order_by("-made_at")
        ),
        can_ask=is_set_up(),
    )


def _held(
    coverage: Coverage,
    patient: Patient,
    cards: dict[str, CoverageCard],
    check: EligibilityCheck | None,
    waiting: EligibilityCheck | None,
) -> Held:
    found: tuple[Difference, ...] = ()
    if check is not None:
        check.coverage, check.patient = coverage, patient
        found = tuple(each for each in differences(check) if each.name not in check.kept)
    standing = standing_of(check, waiting)
    return Held(coverage, cards, check, waiting, standing, can_be_asked(coverage), found)


def standing_of(check: EligibilityCheck | None, waiting: EligibilityCheck | None = None) -> Standing:
    """Active, not active or not known, as the payer last said."""
    if waiting is not None and check is None:
        return Standing("being asked", "info", waiting.note)
    if check is None:
        return Standing("not checked", "")
    if check.status == S.ANSWERED and check.active is not None:
        words, tone = ("active", "good") if check.active else ("not active", "wait")
        if check.active and check.problem:
            return Standing(f"active, {check.get_problem_display().removeprefix('coverage ')}", "wait", check.note)
        return Standing(words, tone, check.note)
    return Standing("not known" if check.problem else "settled", "wait" if check.problem else "", check.note)


def shares(check: EligibilityCheck) -> list[tuple[str, str, str]]:
    """What the patient pays and what is left, as far as the payer said: label, value, smaller print."""
    said: list[tuple[str, str, str]] = []
    if check.copay_cents is not None:
        said.append(("Copayment", _dollars(check.copay_cents), "of an office visit"))
    if check.coinsurance_percent is not None:
        said.append(("Coinsurance", f"{check.coinsurance_percent.normalize():f} %", "the patient’s part"))
    if check.deductible_left_cents is not None or check.deductible_cents is not None:
        whole = f"of {_dollars(check.deductible_cents)}" if check.deductible_cents is not None else ""
        if check.deductible_left_cents is None:
            said.append(("Deductible", _dollars(check.deductible_cents or 0), "what is left was not said"))
        else:
            said.append(("Deductible left", _dollars(check.deductible_left_cents), whole))
    if check.out_of_pocket_left_cents is not None:
        said.append(("Out of pocket left", _dollars(check.out_of_pocket_left_cents), "then the plan pays all"))
    said += _visits_left(check)
    if check.needs_referral is not None:
        said.append(("Referral", "needed" if check.needs_referral else "not needed", ""))
    services = dict.fromkeys(row["services"] for row in check.benefits if row.get("authorization"))
    if check.needs_authorization:
        said.append(("Authorization", "needed", "for an office visit"))
    elif services:
        said.append(("Authorization", "needed", f"for {', '.join(services)}"))
    elif check.needs_authorization is not None:
        said.append(("Authorization", "not needed", ""))
    if check.other_payer:
        said.append(("Other payer", check.other_payer, "ask which one pays first"))
    if check.primary_care:
        said.append(("Primary care", check.primary_care, ""))
    return said


def _visits_left(check: EligibilityCheck) -> list[tuple[str, str, str]]:
    """Of the office visit, then of each other service that the payer counts."""
    if check.visits_left is not None:
        return [("Visits left", str(check.visits_left), "")]
    left = {row["services"]: row["visits_left"] for row in check.benefits if "visits_left" in row}
    return [("Visits left", str(number), services) for services, number in left.items()][:4]


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"


_latest = Prepared(
    lambda patient: EligibilityCheck.objects.filter(patient_id=patient, latest=True).order_by("coverage_id")
)


def standings(patient_id: UUID, coverage_ids: Collection[UUID]) -> dict[UUID, EligibilityCheck]:
    """The newest answer about each of a patient's coverages, for who has opened the patient. One query."""
    return {check.coverage_id: check for check in _latest(patient_id) if check.coverage_id in coverage_ids}


def open_problem(patient: Any) -> QuerySet[EligibilityCheck, str]:
    """The problem of a patient's first coverage that has one, as a subquery for lists of patients."""
    rows = EligibilityCheck.objects.filter(patient=patient, latest=True, coverage__active=True).exclude(problem="")
    return rows.order_by("coverage__position").values_list("problem", flat=True)[:1]


def problems_of(patient_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """The patients whose first coverage has something to see to: in two words, and the sentence. One query."""
    rows = (
        EligibilityCheck.objects.filter(patient__in=list(patient_ids), latest=True, coverage__active=True)
        .exclude(problem="")
        .order_by("patient_id", "-coverage__position")
        .values_list("patient_id", "problem", "note")
    )
    return {patient: (EligibilityCheck.Problem(problem).label, note) for patient, problem, note in rows}


def check_for(actor: Actor, check_id: UUID) -> EligibilityCheck:
    """One check with its coverage; the look is audited. Raises NotFound."""
    check = EligibilityCheck.objects.select_related("coverage__payer", "patient").filter(pk=check_id).first()
    if check is None:
        raise NotFound("no-check", "There is no such question to a payer. Look at the patient’s coverage again.")
    check.patient = patient_for(actor, check.patient_id, why="coverage")
    return check


def history_of(coverage_id: UUID, limit: int = 20) -> list[EligibilityCheck]:
    """What was asked about a coverage, newest first, without the answers' rows."""
    rows = EligibilityCheck.objects.filter(coverage_id=coverage_id).defer("benefits", "messages", "member")
    return list(rows.order_by("-asked_at")[:limit])


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who comes on a day, and where their coverage stands: the newest answer, the question that is out."""

    appointment: Appointment
    coverage: Coverage | None
    check: EligibilityCheck | None
    waiting: EligibilityCheck | None
    standing: Standing
    at: datetime


@dataclass(slots=True)
class CoverageDay:
    """A day's appointments by coverage: what is to be seen to first."""

    day: date
    rows: list[Expected] = field(default_factory=list)

    @property
    def problems(self) -> int:
        return sum(1 for row in self.rows if row.check is not None and row.check.problem)

    @property
    def unchecked(self) -> int:
        return sum(1 for row in self.rows if row.coverage and row.check is None and row.waiting is None)

    @property
    def asked(self) -> int:
        return sum(1 for row in self.rows if row.waiting)


def appointments_on(day: date, sites: Collection[Site]) -> list[Appointment]:
    """The booked appointments of a day of each site's own calendar, patients and sites selected. One query."""
    of_day = Q(pk__in=())
    for site in sites:
        begins = datetime.combine(day, datetime.min.time(), ZoneInfo(site.zone))
        of_day |= Q(site_id=site.pk, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1))
    booked = (Appointment.Status.BOOKED, Appointment.Status.ARRIVED)
    rows = Appointment.objects.filter(of_day, status__in=booked)
    return list(rows.select_related("patient", "provider", "site").order_by("starts_at", "id"))


def coverage_day(actor: Actor, day: date, sites: Collection[Site]) -> CoverageDay:
    """Who comes on a day and where their first coverage stands, problems first. Three queries."""
    actor.require("billing.coverage")
    appointments = appointments_on(day, sites)
    first: dict[UUID, Coverage] = {}
    found = Coverage.objects.filter(
        Q(starts=None) | Q(starts__lte=day),
        Q(ends=None) | Q(ends__gte=day),
        patient__in=[one.patient_id for one in appointments],
        active=True,
    )
    for coverage in found.select_related("payer").order_by("-position"):
        first[coverage.patient_id] = coverage
    checks = EligibilityCheck.objects.filter(
        Q(latest=True) | Q(status=S.ASKED), coverage__in=[one.pk for one in first.values()]
    ).defer("benefits", "messages", "member")
    newest = {check.coverage_id: check for check in checks if check.latest}
    waiting = {check.coverage_id: check for check in checks if check.status == S.ASKED}
    rows = [_expected(one, first.get(one.patient_id), newest, waiting) for one in appointments]
    rows.sort(key=lambda row: not (row.check and row.check.problem))
    return CoverageDay(day, rows)


def _expected(
    appointment: Appointment,
    coverage: Coverage | None,
    newest: dict[UUID, EligibilityCheck],
    waiting: dict[UUID, EligibilityCheck],
) -> Expected:
    at = appointment.starts_at.astimezone(ZoneInfo(appointment.site.zone))
    if coverage is None:
        return Expected(appointment, None, None, None, Standing("patient pays", ""), at)
    check, out = newest.get(coverage.pk), waiting.get(coverage.pk)
    return Expected(appointment, coverage, check, out, standing_of(check, out), at)


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """A coverage as check-in shows it: standing, what to ask for, and whether the payer may be asked here."""

    coverage: Coverage
    standing: Standing
    words: str
    note: str
    may_ask: bool
    first: bool = True


def at_the_desk(coverage: Coverage, check: EligibilityCheck | None, actor: Actor, *, first: bool = True) -> AtTheDesk:
    """One coverage in the few words that a front desk has time for."""
    said = []
    if check is not None and check.status == S.ANSWERED:
        if check.copay_cents is not None:
            said.append(f"copayment {_dollars(check.copay_cents)}")
        if check.deductible_left_cents is not None:
            said.append(f"deductible left {_dollars(check.deductible_left_cents)}")
        if check.visits_left is not None:
            said.append(f"{check.visits_left} visits left")
    may_ask = is_set_up() and can_be_asked(coverage) and actor.may("billing.coverage")
    note = check.note if check is not None else ""
    return AtTheDesk(coverage, standing_of(check), " · ".join(said), note, may_ask, first)


def can_ask_payers() -> bool:
    """Whether there is a line to payers that answers at once."""
    return is_set_up()
