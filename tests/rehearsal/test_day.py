"""A rehearsed day: every visit counted, the same seed the same day, nothing broken unsaid, nothing lost."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from liaison.billing.models import Charge, Claim, Exchange
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.kernel.errors import Conflict
from liaison.places.models import Site
from liaison.record import promises
from liaison.record.actor import machine
from liaison.rehearsal import clinic
from liaison.rehearsal.play import Pace, rehearse
from liaison.rehearsal.telling import Telling
from liaison.schedule import actions as schedule
from liaison.schedule.models import ProviderSchedule
from liaison.visits.models import Move, Stage, Visit
from tests.support import databases
from tests.support.practice import small_practice

MAX = Pace()
once = pytest.mark.once


class CutOff(BaseException):
    """The rehearsal ends in the middle."""


def day_after(days: int = 1) -> date:
    return clock.today(ZoneInfo("America/Chicago")) + timedelta(days=days)


def cut_off_after(steps: int) -> Telling:
    left = [None] * steps

    def step(done: int, total: int) -> None:
        if left and left.pop() is None and not left:
            raise CutOff

    return Telling(lambda _: None, step)


def test_a_day_goes_from_the_calls_to_the_paid_claims(sample_clinic: None) -> None:
    result = rehearse(14, 1, MAX)

    assert result.visits == 14
    unanswered = Claim.objects.filter(status__in=("draft", "ready", "sent", "accepted", "rejected"))
    assert [(one.number, one.status, one.findings) for one in unanswered] == []
    assert list(Exchange.objects.filter(status__in=("to_send", "refused", "received", "held")).values()) == []
    assert result.closed + result.cancelled + result.no_shows + result.left + result.claims_denied >= 13
    assert result.closed >= 7
    assert result.unfinished == 0
    assert result.claims == result.claims_valid > 0
    assert result.claims_paid + result.claims_denied == result.claims
    shares = result.paid_cents + result.adjusted_cents + result.patient_cents + result.open_cents
    assert result.charged_cents == shares > 0
    assert result.audit_entries > 14 * 10
    assert result.revisions > 14 * 8
    assert result.broken == {}
    assert result.holds
    given = Immunization.objects.filter(here=True, status="completed", encounter__visit__stage=Stage.CLOSED)
    administered = Charge.objects.filter(source="vaccines", status=Charge.Status.BILLED)
    assert set(given.values_list("encounter_id", flat=True)) <= set(administered.values_list("encounter_id", flat=True))
    assert all(charge.cents for charge in administered), "the sample's fee schedule prices them"
    came = Visit.objects.filter(stage=Stage.CLOSED).first()
    assert came is not None
    stages = list(Move.objects.filter(visit=came).order_by("at").values_list("to_stage", flat=True))
    roomed = Move.objects.filter(to_stage=Stage.ROOMING, visit__arrived_at__isnull=False)
    waits = [at - arrived for at, arrived in roomed.values_list("at", "visit__arrived_at")]
    assert min(waits) >= timedelta(minutes=1), "nobody is in a room the moment they are checked in"
    assert stages[0] == "requested"
    assert {"booked", "arrived", "rooming", "checkout", "coding", "billed", "closed"} <= set(stages)


@once
def test_the_same_seed_gives_the_same_day_and_another_seed_another(
    tmp_path: Path, django_db_blocker: pytest.FixtureRequest
) -> None:
    figures = []
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django gives its blocker no public type
        for number, seed in enumerate((5, 5, 6)):
            (tmp_path / str(number)).mkdir()
            with databases.own_database(tmp_path / str(number)):
                clinic.set_up(machine("test"), patients=24)
                figures.append(rehearse(8, seed, MAX).as_dict() | {"seconds": 0})

    assert figures[0] == figures[1]
    assert figures[0] != figures[2]


@once
def test_visits_that_find_no_time_are_counted_too(sample_clinic: None) -> None:
    on = day_after()
    for hours in ProviderSchedule.objects.filter(site__code="maple"):
        begins = clock.now()
        schedule.add_absence(
            machine("test"), hours.provider_id, starts_at=begins, ends_at=begins + timedelta(days=4), reason="Training"
        )

    result = rehearse(10, 1, MAX, day=on)

    in_vain = Visit.objects.filter(day=None, stage=Stage.CANCELLED).count()
    assert in_vain >= 3
    assert result.visits == 10 == Visit.objects.exclude(channel="staff").count()
    assert result.cancelled >= in_vain


@once
def test_more_visits_than_a_day_has_patients_go_over_several_days(sample_clinic: None) -> None:
    people = 24

    result = rehearse(people + 6, 2, MAX)

    assert result.visits == people + 6
    assert len(result.days) >= 2
    assert result.days == sorted(set(result.days))
    assert result.holds


@once
def test_a_day_that_holds_only_follow_ups_is_filled(sample_clinic: None) -> None:
    first = rehearse(8, 1, MAX)
    follow_up = Visit.objects.filter(channel="staff", stage__in=("booked", "confirmed")).order_by("day").first()
    assert follow_up is not None
    assert follow_up.day is not None
    held = Visit.objects.filter(day=follow_up.day).count()

    second = rehearse(held + 3, 1, MAX, day=follow_up.day)

    follow_up.refresh_from_db()
    assert second.days != first.days
    assert second.visits == held + 3
    assert follow_up.stage not in (Stage.BOOKED, Stage.CONFIRMED)


@pytest.mark.parametrize("steps", [pytest.param(3, marks=once), 11, pytest.param(20, marks=once)])
def test_a_rehearsal_that_was_cut_off_is_finished_by_the_next(sample_clinic: None, steps: int) -> None:
    """While people call, and while the day is played."""
    with pytest.raises(CutOff):
        rehearse(12, 3, MAX, tell=cut_off_after(steps))

    result = rehearse(12, 3, MAX)

    assert result.visits == 12 == Visit.objects.exclude(channel="staff").count()
    assert result.unfinished == 0
    assert len(result.days) == 1
    assert result.holds


@once
def test_what_another_seed_has_booked_is_played_for_what_it_is(sample_clinic: None) -> None:
    with pytest.raises(CutOff):
        rehearse(16, 3, MAX, tell=cut_off_after(17))
    assert Visit.objects.filter(visit_type="nurse-visit", day__isnull=False).exists()

    result = rehearse(16, 8, MAX)

    assert (result.unfinished, result.refusals) == (0, {})


def test_a_finished_day_is_not_played_again(sample_clinic: None) -> None:
    first, second = rehearse(4, 1, MAX), rehearse(4, 1, MAX)

    assert first.days != second.days
    assert second.visits == 4
    assert Visit.objects.exclude(channel="staff").count() == 8


@once
def test_a_day_may_go_at_a_pace(sample_clinic: None) -> None:
    result = rehearse(3, 1, Pace(rate=10_000))

    assert result.visits == 3
    assert result.unfinished == 0
    # From the first patients on, an hour of the clinic took less than half a second of ours
    assert result.seconds > 0.3
    assert not Site.objects.filter(rooms__state="dirty").exists()
    assert result.holds


def test_a_broken_promise_is_named_and_gives_exit_status_1(sample_clinic: None) -> None:
    assert promises.broken() == {}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_patient SET sex = 'other' WHERE mrn = '000003'")
        assert cursor.rowcount == 1
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("rehearse", "--visits", "2", "--json", stdout=out)

    assert ended.value.code == 1
    assert "BROKEN  revisions match rows" in out.getvalue()
    last = json.loads(out.getvalue().strip().splitlines()[-1])
    assert list(last["broken"]) == ["revisions match rows"]
    assert last["visits"] == 2


@once
def test_a_practice_is_not_played_in(own_database: None) -> None:
    small_practice()
    before = Visit.objects.count()

    with pytest.raises(Conflict, match="holds a practice that is not the sample clinic"):
        rehearse(3, 1, MAX)

    assert Visit.objects.count() == before
