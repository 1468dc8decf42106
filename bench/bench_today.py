"""The Today page of one site with 200 visits in one day: milliseconds on the server, and its size."""

import gzip
import json
import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.support import on_both

if TYPE_CHECKING:
    from liaison.places.models import Site

VISITS, TIMES = 200, 60
ARRIVED, MISSED, CANCELLED = 40, 10, 10


def main() -> dict[str, object]:
    """Figures of the whole page as a medical assistant gets it, on both databases."""
    return {"visits": VISITS, **on_both("-m", "bench.bench_today")}


def measure() -> dict[str, object]:
    """Fill this process's clinic and look at its board again and again."""
    from django.test import Client

    from liaison.kernel import clock
    from liaison.people.models import User
    from liaison.places.models import Site
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic as sample

    sample.set_up(machine("bench"), patients=VISITS + 20)
    site = Site.objects.get(code="maple")
    zone = ZoneInfo(site.zone)
    morning = datetime.combine(clock.today(zone), clock_time(8), zone)
    fill(site, morning)
    browser = Client()
    browser.force_login(User.objects.get(username="dana"), backend="django.contrib.auth.backends.ModelBackend")
    times = []
    with clock.at(morning + timedelta(hours=2)):
        for number in range(TIMES + 10):
            start = time.perf_counter()
            answer = browser.get("/", {"site": site.code}, headers={"host": "127.0.0.1"})
            took = (time.perf_counter() - start) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"Today answered {answer.status_code}")
            if number >= 10:
                times.append(took)
    times.sort()
    return {
        "p50_ms": times[len(times) // 2],
        "p95_ms": times[len(times) * 95 // 100],
        "size_kb": len(answer.content) / 1000,
        "size_gzip_kb": len(gzip.compress(answer.content, 6)) / 1000,
    }


def fill(site: "Site", morning: datetime) -> None:
    """Book the day by the actions of the pages, over booked times where it must be, and let the first hours pass."""
    from liaison.kernel import clock
    from liaison.people.models import Patient
    from liaison.places.models import Room
    from liaison.rehearsal.cast import Cast
    from liaison.schedule.models import ProviderSchedule
    from liaison.visits import actions as visits

    cast = Cast.load()
    site_id = site.pk
    desk, assistant = cast.by_role["nurse"][0], cast.at(site_id, "medical-assistant")[0]
    providers = ProviderSchedule.objects.filter(site_id=site_id).order_by("pk").values_list("provider_id", flat=True)
    booked = []
    with clock.at(morning - timedelta(days=1)):
        for number, patient in enumerate(Patient.objects.order_by("mrn")[:VISITS]):
            visit = visits.request(
                desk, patient_id=patient.pk, site_id=site_id, visit_type="follow-up", reason="Blood pressure"
            )
            starts_at = morning + timedelta(minutes=20 * (number % 24))
            provider = providers[number // 24 % len(providers)]
            booked.append(visits.book(desk, visit.pk, provider_id=provider, starts_at=starts_at, overbook=True))
    first = sorted(booked, key=lambda v: v.starts_at or morning)
    with clock.at(morning + timedelta(hours=1, minutes=50)):
        for visit in first[:ARRIVED]:
            visits.check_in(desk, visit.pk, **_facts(visit.patient_id))
        for visit in first[ARRIVED : ARRIVED + MISSED]:
            visits.cancel(desk, visit.pk, "Patient called: cannot come")
        for visit in first[-CANCELLED:]:
            visits.cancel(desk, visit.pk, "Patient called: cannot come")
        rooms = Room.objects.filter(site_id=site_id, kind="exam", state="ready").order_by("position")
        for visit, room in zip(first, rooms, strict=False):
            visits.room(assistant, visit.pk, room.pk)


def _facts(patient_id: UUID) -> dict[str, Any]:
    from liaison.people.queries import coverages_of, missing_consents

    coverage = next(iter(coverages_of(patient_id)), None)
    return {
        "identifiers": ["name", "birth_date"],
        "demographics_confirmed": True,
        "coverage_id": coverage.pk if coverage else None,
        "consents": [
            {"key": d.key, "signed_by": "The patient", "relationship": "self"} for d in missing_consents(patient_id)
        ],
        "copay_waived_reason": "Will be billed",
        "no_address_reason": "Not asked",
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure()))
