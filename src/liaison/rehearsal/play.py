"""From a seed to a played day: set the clinic up if need be, book, play, exchange money, and say what came of it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from liaison.billing import actions as billing
from liaison.billing import exchange
from liaison.billing.models import Claim
from liaison.kernel import clock
from liaison.kernel.clock import SharedClock
from liaison.kernel.errors import Conflict
from liaison.places.models import Site
from liaison.record import outbox, promises
from liaison.record.actor import machine
from liaison.registry import exchange as registry
from liaison.registry.queries import waiting
from liaison.rehearsal import clinic, running
from liaison.rehearsal.bedside import STORIES
from liaison.rehearsal.cast import Cast
from liaison.rehearsal.day import Day
from liaison.rehearsal.plan import Plan, plans
from liaison.rehearsal.result import Before, Result
from liaison.rehearsal.telling import Telling
from liaison.visits.machine import EXPECTED, HERE
from liaison.visits.models import Stage, Visit
from liaison.web.supervisor import with_parent

MORNING = 10 * 60 + 15  # minutes after midnight at which a newcomer finds the demo's clinic
TOMORROW = 3  # of as many visits as a newcomer sees today, one is booked for tomorrow
PER_DAY = 60  # what the sample clinic's rooms hold in a day; more visits are played on the days after
_QUIET = Telling(lambda _: None)
# A line that is busy or a payer on a busy machine has some seconds; what still waits then waits for the next day
_AT_ONCE, _ROUNDS = 4, 20
_WAITING = (Claim.Status.READY, Claim.Status.SENT, Claim.Status.ACCEPTED)


@dataclass(frozen=True)
class Pace:
    """How fast the day goes: `rate` simulated seconds in one, or (None) as fast as it can."""

    rate: float | None = None


@dataclass
class Booked:
    """A day's visits with how they will go, and every visit that was asked for, also those that found no time."""

    expected: list[tuple[Visit, Plan]]
    asked: set[UUID]


def rehearse(count: int, seed: int, pace: Pace, *, day: date | None = None, tell: Telling = _QUIET) -> Result:
    """Play `count` visits on `day`, or on the first days that are free, and finish a day that was cut off first.

    The same seed gives the same visits on the same day. Raises Conflict in a real practice, and without patients.
    """
    clinic.refuse_a_practice()
    if not clinic.is_set_up():
        tell.say("Setting up the sample clinic …")
        clinic.set_up(machine("rehearsal", "cli"), progress=tell.step)
    cast, zone = Cast.load(), _zone()
    before, result, played = Before.now(), Result(), set[UUID]()
    with _payer() as url, _registry() as iis:

        def outside() -> None:
            billing.batch(cast.by_role["biller"][0])
            exchange.send_waiting(url)
            exchange.fetch_answers(url)
            registry.send_waiting(url=iis, password=clinic.REGISTRY_PASSWORD if iis else "")

        began, on = time.perf_counter(), day
        while len(played) < count:
            on = on or _free_day(zone)
            result.days.append(str(on))
            run = _Run(Day(cast, on, zone), min(count - len(played), PER_DAY), seed, pace, outside)
            asked = run.play(result, tell)
            if not asked:
                raise Conflict("no-patients", "There are no patients: import some, or begin with a new home.")
            played |= asked
            on += timedelta(days=1)
        result.seconds = round(time.perf_counter() - began, 3)
    before.compare(result, played)
    tell.say("Checking the promises …")
    result.broken = promises.broken()
    return result


def _zone() -> ZoneInfo:
    return ZoneInfo(Site.objects.filter(active=True).order_by("code")[0].zone)


def _free_day(zone: ZoneInfo) -> date:
    """The first day from today on that holds no visits, or unfinished ones of a rehearsal that was cut off."""
    on = running.today(zone)
    # Days with no more than follow-ups of earlier rehearsals count as free
    called = Visit.objects.filter(day__gte=on).exclude(channel="staff")
    going = Visit.objects.filter(day__gte=on, stage__in=(*EXPECTED, *HERE, Stage.CODING))
    busy = set(called.values_list("day", flat=True)) - set(going.values_list("day", flat=True))
    while on in busy:
        on += timedelta(days=1)
    return on


@dataclass
class _Run:
    """One day of a rehearsal."""

    day: Day
    count: int
    seed: int
    pace: Pace
    outside: Callable[[], None]

    def play(self, result: Result, tell: Telling) -> set[UUID]:
        """Book and play the day to its end. Gives the visits that were asked for."""
        day = self.day
        booked = book(day, self.count, self.seed, tell)
        day.ended = lambda: tell.step(len(booked.expected) - day.open, len(booked.expected))
        for visit, plan in booked.expected:
            day.expect(visit, plan)
        day.clean_up()
        day.every(10, outbox.deliver)
        day.every(240, self.outside)
        tell.say(f"Playing {day.day:%A %d %B %Y}: {len(booked.expected)} visits")
        run(day, self.pace)
        self._settle()
        for sentence in day.refusals:
            result.refusals[sentence] = result.refusals.get(sentence, 0) + 1
        return booked.asked

    def _settle(self) -> None:
        """What is left after the last patient: events delivered, files exchanged until no claim waits for an answer."""
        for attempt in range(_ROUNDS):
            if attempt >= _AT_ONCE:
                time.sleep(0.25)
            self.day.do(outbox.deliver)
            self.day.do(self.outside)
            self.day.do(outbox.deliver)
            if not Claim.objects.filter(status__in=_WAITING).exists() and not waiting().exists():
                return


def book(day: Day, count: int, seed: int, tell: Telling = _QUIET) -> Booked:
    """A day of `count` visits: those that it holds already, and calls of people who want to come until it is full."""
    wanted = plans(seed, count, day.day)
    of_patient = {plan.patient_id: plan for plan in wanted}
    held = {v.patient_id: v.pk for v in Visit.objects.filter(day=day.day)}
    cut_off, in_vain = _without_day(day, of_patient)
    asked = {*held.values(), *in_vain.values()}
    calls = [p for p in wanted if p.patient_id not in held and p.patient_id not in in_vain]
    calls = calls[: max(0, count - len(asked))]
    if calls:
        tell.say(f"Booking {len(calls)} visits for {day.day:%A %d %B %Y} …")
    for number, plan in enumerate(sorted(calls, key=lambda p: (-p.asked_days_before, p.number)), 1):
        asked.add(day.call(plan, cut_off.get(plan.patient_id)))
        tell.step(number, len(calls))
    visits = Visit.objects.filter(day=day.day).select_related("patient").order_by("starts_at", "patient__mrn")
    return Booked([(v, _plan_of(v, of_patient.get(v.patient_id), wanted[0])) for v in visits if wanted], asked)


def _without_day(day: Day, of_patient: dict[UUID, Plan]) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Visits by patient that were asked for in this very rehearsal and have no time: cut off, and called in vain."""
    cut_off: dict[UUID, UUID] = {}
    in_vain: dict[UUID, UUID] = {}
    asked = Visit.objects.filter(day=None, patient_id__in=of_patient, stage__in=(Stage.REQUESTED, Stage.CANCELLED))
    for pk, patient, stage, at in asked.values_list("pk", "patient_id", "stage", "stage_since"):
        if at == day.asked(of_patient[patient]):
            (cut_off if stage == Stage.REQUESTED else in_vain)[patient] = pk
    return cut_off, in_vain


def _plan_of(visit: Visit, own: Plan | None, other: Plan) -> Plan:
    """The patient's own plan where the visit is the one it was made for; like `other` where somebody else booked it."""
    if own is not None and own.visit_type == visit.visit_type:
        return own
    seed = f"{other.seed}:{visit.patient.mrn}"
    return replace(
        other,
        patient_id=visit.patient_id,
        site_id=visit.site_id,
        visit_type=visit.visit_type,
        fate="comes",
        story=Random(f"{seed}:story").choice(STORIES.get(visit.visit_type, STORIES["follow-up"])),
        age_days=(visit.day - visit.patient.birth_date).days if visit.day else 0,
        seed=seed,
    )


def run(day: Day, pace: Pace) -> None:
    """Let the day pass, as fast as it can or at its pace from the first patients on."""
    env = day.env
    if pace.rate is not None:
        _run_until(day, day.first_minute())
        start_minute, start_real = env.now, time.monotonic()
        while day.open:
            time.sleep(max(0.0, start_real + (env.peek() - start_minute) * 60 / pace.rate - time.monotonic()))
            env.step()
    # At a pace: rooms to clean, events to deliver; nobody waits for these
    env.run()


def _run_live(day: Day, shared: SharedClock) -> None:
    """Let the day pass by the clock that its neighbours go by."""
    while day.open:
        due = day.midnight + timedelta(minutes=day.env.peek())
        while (left := (due - shared.now()).total_seconds()) > 0:
            time.sleep(min(left / shared.rate(), 0.5))
        day.env.step()


def _run_until(day: Day, minute: float) -> None:
    while day.open and day.env.peek() <= minute:
        day.env.step()
    if day.env.peek() > minute > day.env.now:
        day.env.run(until=minute)


@contextmanager
def _payer() -> Iterator[str]:
    """The address that claims go to: the practice's, or a sandbox payer of the rehearsal's own."""
    if settings.CLAIMS_URL:
        yield settings.CLAIMS_URL
        return
    with _sandbox("payer", "--state", str(running.payer_state())) as url:
        yield url


@contextmanager
def _registry() -> Iterator[str]:
    """The address that doses go to: nothing more than the practice's own, or a sandbox registry of the rehearsal's."""
    if settings.REGISTRY_URL:
        yield ""
        return
    with _sandbox("registry", "--invent", "--state", str(running.registry_state())) as url:
        yield f"{url}/soap"


@contextmanager
def _sandbox(name: str, *options: str) -> Iterator[str]:
    """The address of a sandbox that runs meanwhile."""
    command = [sys.executable, "-m", f"sandbox_{name}", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=with_parent)
    try:
        assert process.stdout is not None
        heard = process.stdout.readline().strip()
        if not heard:
            raise Conflict(f"no-{name}", f"The sandbox {name} did not start; see what it says above.")
        yield "http://" + heard.rpartition(" ")[2]
    finally:
        process.terminate()
        process.wait(10)


def play_morning(count: int, seed: int, until: float, shared: SharedClock, tell: Telling = _QUIET) -> None:
    """Book today's visits and play them up to `until` (minutes after midnight) at once, where the shared clock then is.

    Some of tomorrow's are booked too. Nothing else may be running: what follows from the morning's events happens at
    the morning's time.
    """
    zone = _zone()
    day = Day(Cast.load(), clock.today(zone), zone)
    _book_ahead(Day(day.cast, day.day + timedelta(days=1), zone), count // TOMORROW, seed)
    for visit, plan in book(day, count, seed, tell).expected:
        day.expect(visit, plan)
    day.clean_up()
    day.every(10, outbox.deliver)
    _run_until(day, until)
    with clock.at(day.midnight + timedelta(minutes=until)):
        outbox.deliver()
    shared.set(day.midnight + timedelta(minutes=until), 1.0)


def _book_ahead(day: Day, count: int, seed: int) -> None:
    """Calls of earlier days for a day that is still to come."""
    for plan in plans(seed, count, day.day):
        day.call(replace(plan, asked_days_before=max(2, plan.asked_days_before)))


def rehearse_live(count: int, seed: int, shared: SharedClock) -> None:
    """Play on from where the shared clock stands, beside a server, which delivers events and exchanges files."""
    zone = _zone()
    day = Day(Cast.load(), shared.now().astimezone(zone).date(), zone, live=True)
    for visit, plan in book(day, count, seed).expected:
        day.expect(visit, plan)
    day.clean_up()
    _run_live(day, shared)
    shared.go_on(1.0)
