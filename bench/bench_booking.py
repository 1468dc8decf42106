"""Booking races: 64 clients in four processes want one place at the same moment, again and again. One wins, always."""

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.support import DATABASES, clinic
from tests.support.clinic import Clinic

PROCESSES, THREADS, PLACES = 4, 16, 10
CLIENTS = PROCESSES * THREADS


def main() -> dict[str, object]:
    """How many of the clients got each place (least and most), and how long the last answer took."""
    figures: dict[str, object] = {"clients": CLIENTS, "places": PLACES}
    for database in DATABASES:
        with clinic(database) as home:
            places = json.loads(_run(home, "places").communicate()[0])
            racers = [_run(home, str(number), json.dumps(places)) for number in range(PROCESSES)]
            rounds = [_round(racers) for _ in range(PLACES)]
            for racer in racers:
                racer.communicate()
        winners = [sum(answer["won"] for answer in answers) for answers in rounds]
        slowest = sorted(max(answer["slowest_ms"] for answer in answers) for answers in rounds)
        figures[f"{database}_winners_least"], figures[f"{database}_winners_most"] = min(winners), max(winners)
        figures[f"{database}_refused_in_words"] = sum(answer["refused"] for answers in rounds for answer in answers)
        figures[f"{database}_last_answer_p50_ms"] = slowest[PLACES // 2]
    return figures


def _round(racers: list["subprocess.Popen[str]"]) -> list[dict[str, float]]:
    """Let the clients of all processes go at the same moment; what each process says of its own."""
    pipes = [(racer.stdin, racer.stdout) for racer in racers if racer.stdin and racer.stdout]
    for _, out in pipes:
        out.readline()
    for into, _ in pipes:
        into.write(f"{time.time() + 0.5}\n")
        into.flush()
    return [json.loads(out.readline()) for _, out in pipes]


def _run(home: Clinic, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.bench_booking", *arguments],
        env=home.env | {"DJANGO_SETTINGS_MODULE": "liaison.settings"},
        cwd=Path(__file__).resolve().parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def places() -> dict[str, object]:
    """Set the clinic up: free times of one provider, and a patient for each client."""
    from liaison.kernel import clock
    from liaison.people.models import Patient
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic as sample
    from liaison.schedule.queries import free_times

    actor = machine("bench")
    sample.set_up(actor, patients=CLIENTS)
    found = free_times(actor, visit_type="follow-up", from_=clock.now() + timedelta(days=2), days=7, limit=400)
    provider, site = found[0].provider_id, found[0].site_id
    mine = [f for f in found if (f.provider_id, f.site_id) == (provider, site)]
    times: list[datetime] = []
    for free in mine:
        # Offered times overlap; the places that are raced for do not
        if not times or free.starts_at >= times[-1] + timedelta(minutes=30):
            times.append(free.starts_at)
    patients = [str(pk) for pk in Patient.objects.order_by("mrn").values_list("pk", flat=True)[:CLIENTS]]
    return {
        "provider": str(provider),
        "site": str(site),
        "times": [t.isoformat() for t in times[:PLACES]],
        "patients": patients,
    }


def race(number: int, facts: dict[str, Any]) -> None:
    """The clients of one process: each books every place, at the moments that all the processes are told."""
    from django.db import connection

    from liaison.kernel.errors import Conflict
    from liaison.record.actor import machine
    from liaison.schedule import actions as schedule

    provider, site = UUID(facts["provider"]), UUID(facts["site"])
    mine = [UUID(patient) for patient in facts["patients"][number * THREADS : (number + 1) * THREADS]]
    ready = threading.Barrier(THREADS)

    def client(patient: UUID, starts_at: datetime, begin: float) -> tuple[bool, float]:
        connection.ensure_connection()
        ready.wait()
        time.sleep(max(0.0, begin - time.time()))
        start = time.perf_counter()
        try:
            schedule.book(
                machine("bench"), patient_id=patient, provider_id=provider, site_id=site, visit_type="follow-up",
                starts_at=starts_at,
            )  # fmt: skip
            got = True
        except Conflict:
            got = False
        return got, 1000 * (time.perf_counter() - start)

    with ThreadPoolExecutor(THREADS) as pool:
        for text in facts["times"]:
            print("ready", flush=True)
            begin, starts_at = float(sys.stdin.readline()), datetime.fromisoformat(text)
            answers = list(pool.map(lambda patient: client(patient, starts_at, begin), mine))  # noqa: B023  # awaited here
            won = sum(got for got, _ in answers)
            slowest = max(ms for _, ms in answers)
            print(json.dumps({"won": won, "refused": len(answers) - won, "slowest_ms": slowest}), flush=True)


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "places":
        print(json.dumps(places()))
    else:
        race(int(sys.argv[1]), json.loads(sys.argv[2]))
