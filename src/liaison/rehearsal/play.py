"""From a seed to a played day: set the clinic up if need be, book, play, exchange money, and say what came of it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from liaison.billing import actions as billing
from liaison.billing import exchange
from liaison.billing.models import Claim, Exchange
from liaison.billing.queries import Totals, totals
from liaison.engines import x12
from liaison.kernel import clock
from liaison.kernel.clock import SharedClock
from liaison.places.models import Site
from liaison.record import outbox, promises
from liaison.record.actor import machine
from liaison.record.models import AuditEntry, Revision
from liaison.rehearsal import clinic
from liaison.rehearsal.cast import Cast
from liaison.rehearsal.day import Day
from liaison.rehearsal.plan import Plan, plans
from liaison.visits.machine import DONE, ENDED
from liaison.visits.models import Stage, Visit

MORNING = 10 * 60 + 10  # minutes after midnight at which a newcomer finds the demo's clinic
PER_DAY = 60  # what the sample clinic's rooms hold in a day; more visits are played on the days after
Say = Callable[[str], None]


@dataclass
class Result:
    """What a rehearsal did. All money in cents; charged = paid + adjusted + patient + open when the ledger balances."""

    visits: int = 0
    closed: int = 0
    cancelled: int = 0
    no_shows: int = 0
    left: int = 0
    claims: int = 0
    claims_valid: int = 0
    claims_paid: int = 0
    claims_denied: int = 0
    charged_cents: int = 0
    paid_cents: int = 0
    adjusted_cents: int = 0
    patient_cents: int = 0
    open_cents: int = 0
    ledger_balanced: bool = False
    audit_entries: int = 0
    revisions: int = 0
    seconds: float = 0.0
    days: list[str] = field(default_factory=list)
    unfinished: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    broken: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Pace:
    """How fast the day goes: `rate` simulated seconds in one (None: as fast as it can), from `live_from` minutes on."""

    rate: float | None = None
    live_from: float = 0.0
    shared: SharedClock | None = None


def rehearse(count: int, seed: int, pace: Pace, *, day: date | None = None, say: Say = lambda _: None) -> Result:
    """Play `count` visits, on `day` or from the first day without visits on. Visits already booked that day are played first."""
    actor = machine("rehearsal", "cli")
    if not clinic.is_set_up():
        say("Setting up the sample clinic …")
        clinic.set_up(actor)
    cast = Cast.load()
    zone = ZoneInfo(Site.objects.order_by("code")[0].zone)
    before = _Before.now()
    result, played = Result(), []
    with _payer() as url:

        def money() -> None:
            biller = cast.by_role["biller"][0]
            billing.batch(biller)
            exchange.send_waiting(url)
            exchange.fetch_answers(url)

        began = time.perf_counter()
        left, on = count, day or _free_day(zone)
        while left > 0:
            played += _play_day(cast, on, zone, min(left, PER_DAY), seed, pace, money, result, say)
            left -= PER_DAY
            on += timedelta(days=1)
        result.seconds = round(time.perf_counter() - began, 3)
    before.compare(result, played)
    say("Checking the promises …")
    result.broken = promises.broken()
    return result


def _free_day(zone: ZoneInfo) -> date:
    on = clock.today(zone)
    # Days with no more than follow-ups of earlier rehearsals count as free
    counted = Visit.objects.filter(day__gte=on).exclude(channel="staff").values_list("day", flat=True)
    busy = set(counted)
    while on in busy:
        on += timedelta(days=1)
    return on


def _play_day(
    cast: Cast,
    on: date,
    zone: ZoneInfo,
    count: int,
    seed: int,
    pace: Pace,
    money: Callable[[], None],
    result: Result,
    say: Say,
) -> list[UUID]:
    day = Day(cast, on, zone)
    result.days.append(str(on))
    booked = book(day, count, seed, say)
    for visit, plan in booked:
        day.expect(visit, plan)
    day.every(10, lambda: outbox.deliver())
    day.every(240, money)
    say(f"Playing {on:%A %d %B %Y}: {len(booked)} visits")
    run(day, pace)
    _finish(day, money)
    for sentence in day.refusals:
        result.refusals[sentence] = result.refusals.get(sentence, 0) + 1
    return list(Visit.objects.filter(day=on).values_list("pk", flat=True))


def book(day: Day, count: int, seed: int, say: Say = lambda _: None) -> list[tuple[Visit, Plan]]:
    """The visits of a day with how they will go. Where the day has no bookings yet, people call and book first."""
    wanted = plans(seed, count, day.day, set())
    there = {v.patient_id: v for v in Visit.objects.filter(day=day.day).select_related("patient")}
    if not there:
        say(f"Booking {len(wanted)} visits for {day.day:%A %d %B %Y} …")
        for plan in sorted(wanted, key=lambda p: (-p.asked_days_before, p.number)):
            day.call(plan)
        there = {v.patient_id: v for v in Visit.objects.filter(day=day.day).select_related("patient")}
    by_patient = {p.patient_id: p for p in wanted}
    # A visit that somebody else booked has a plan like everybody's
    spare = wanted[0] if wanted else None
    return [(v, by_patient.get(v.patient_id) or _like(spare, v)) for v in there.values() if spare is not None]


def _like(plan: Plan, visit: Visit) -> Plan:
    born = visit.patient.birth_date
    kept = asdict(plan) | {
        "patient_id": visit.patient_id, "site_id": visit.site_id, "visit_type": visit.visit_type, "fate": "comes", "story": plan.story,
        "age_days": (visit.day - born).days if visit.day else 0, "seed": str(visit.pk),
    }  # fmt: skip
    return Plan(**kept)


def run(day: Day, pace: Pace) -> None:
    """Let the day pass, at once up to `live_from`, then at its pace."""
    env = day.env
    if pace.rate is None:
        env.run()
        return
    if pace.live_from:
        _run_until(day, pace.live_from)
    start_minute, start_real, beat = max(env.now, pace.live_from), time.monotonic(), 0.0
    if pace.shared:
        pace.shared.set(day.midnight + timedelta(minutes=start_minute), pace.rate)
    while day.open:
        due = start_real + (env.peek() - start_minute) * 60 / pace.rate
        while (left := due - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            if pace.shared and time.monotonic() - beat > 2:
                beat = time.monotonic()
                passed = (beat - start_real) * pace.rate / 60
                pace.shared.set(day.midnight + timedelta(minutes=start_minute + passed), pace.rate)
        env.step()


def _run_until(day: Day, minute: float) -> None:
    while day.open and day.env.peek() <= minute:
        day.env.step()
    if day.env.peek() > minute > day.env.now:
        day.env.run(until=minute)


def _finish(day: Day, money: Callable[[], None]) -> None:
    """What is left after the last patient: events delivered, files exchanged until no claim waits for an answer."""
    for _ in range(4):
        day.do(outbox.deliver)
        day.do(money)
        waiting = Claim.objects.filter(
            status__in=(Claim.Status.READY, Claim.Status.SENT, Claim.Status.ACCEPTED)
        ).exists()
        day.do(outbox.deliver)
        if not waiting:
            return


@contextmanager
def _payer() -> Iterator[str]:
    """The address that claims go to: the practice's, or a sandbox payer of the rehearsal's own."""
    if settings.CLAIMS_URL:
        yield settings.CLAIMS_URL
        return
    command = [
        sys.executable,
        "-m",
        "sandbox_payer",
        "--port",
        "0",
        "--state",
        str(settings.HOME / "sandbox-payer.sqlite3"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # our own command
    try:
        assert process.stdout is not None
        yield "http://" + process.stdout.readline().strip().rpartition(" ")[2]
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class _Before:
    """How things stood, so that a rehearsal tells of itself alone."""

    money: Totals
    audit: int
    revisions: int
    claims: set[str]

    @classmethod
    def now(cls) -> "_Before":
        return cls(
            totals(),
            AuditEntry.objects.count(),
            Revision.objects.count(),
            set(Claim.objects.values_list("number", flat=True)),
        )

    def compare(self, result: Result, played: list[UUID]) -> None:
        stages = list(Visit.objects.filter(pk__in=played).values_list("stage", flat=True))
        result.visits = len(stages)
        result.closed = stages.count(Stage.CLOSED)
        result.cancelled = stages.count(Stage.CANCELLED)
        result.no_shows = stages.count(Stage.NO_SHOW)
        result.left = stages.count(Stage.LEFT)
        result.unfinished = sum(s not in (*DONE, *ENDED) for s in stages)
        self._claims(result)
        after = totals()
        for name in ("charged_cents", "paid_cents", "adjusted_cents", "patient_cents", "open_cents"):
            setattr(result, name, getattr(after, name) - getattr(self.money, name))
        shares = result.paid_cents + result.adjusted_cents + result.patient_cents + result.open_cents
        result.ledger_balanced = result.charged_cents == shares
        result.audit_entries = AuditEntry.objects.count() - self.audit
        result.revisions = Revision.objects.count() - self.revisions

    def _claims(self, result: Result) -> None:
        claims = {c.number: c for c in Claim.objects.exclude(number__in=self.claims)}
        result.claims = len(claims)
        result.claims_paid = sum(c.status in (Claim.Status.PAID, Claim.Status.CLOSED) for c in claims.values())
        result.claims_denied = sum(c.status == Claim.Status.DENIED for c in claims.values())
        for file in Exchange.objects.filter(direction="out", kind="837P"):
            mine = claims.keys() & set(file.claims)
            if mine and not x12.check(bytes(file.body)):
                result.claims_valid += len(mine)


def play_morning(count: int, seed: int, until: float, shared: SharedClock) -> None:
    """Book today's visits and play them up to `until` (minutes after midnight) at once; the shared clock then stands there.

    Nothing else may be running: what follows from the morning's events happens at the morning's time.
    """
    cast = Cast.load()
    zone = ZoneInfo(Site.objects.order_by("code")[0].zone)
    day = Day(cast, clock.today(zone), zone)
    for visit, plan in book(day, count, seed):
        day.expect(visit, plan)
    day.every(10, lambda: outbox.deliver())
    _run_until(day, until)
    with clock.at(day.midnight + timedelta(minutes=until)):
        outbox.deliver()
    shared.set(day.midnight + timedelta(minutes=until), 1.0)


def rehearse_live(count: int, seed: int, pace: Pace) -> None:
    """Play on from where the shared clock stands, beside a running server, which delivers events and exchanges files."""
    shared = pace.shared
    last = shared.last_set() if shared else None
    assert shared is not None and pace.rate is not None and last is not None
    cast = Cast.load()
    zone = ZoneInfo(Site.objects.order_by("code")[0].zone)
    day = Day(cast, last[0].astimezone(zone).date(), zone, live=True)
    for visit, plan in book(day, count, seed):
        day.expect(visit, plan)
    run(day, Pace(pace.rate, max(day.env.now, day.minute(last[0])), shared))
    shared.set(day.moment(), 1.0)
