"""A practice of 20,000 patients forecast by two releases of the schedule, before the newer one is put in force.

Where every antigen differs, and where a single one does; and each once more when the practice's forecasts by the older
release are there already, as they are on a working day. The time is that of `immunize.rollout.differences` from the
first row read to the last answer, on as many processes as the machine has cores; spawning them is part of it.
"""

import gzip
import json
import os
import random
import time
from datetime import UTC, date, datetime, timedelta

from bench.bench_immunization import CHILD
from bench.support import on_both

PATIENTS, CHUNK = 20_000, 1000
TODAY = date(2025, 11, 10)


def main() -> dict[str, object]:
    """Seconds for the practice on both databases, and what the one process per core makes of it."""
    return {"patients": PATIENTS, **on_both("-m", "bench.bench_rollout")}


def measure() -> dict[str, object]:
    from liaison.immunize import forecasts, processes
    from liaison.kernel import clock

    began = time.perf_counter()
    doses = fill(random.Random(5))
    figures: dict[str, object] = {"doses": doses, "filled_s": time.perf_counter() - began, "cores": processes.cores()}
    figures |= compared("nothing_known")
    began = time.perf_counter()
    with clock.at(datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC)):
        assert forecasts.refresh_stale(PATIENTS) == PATIENTS
    figures["needs_worked_out_by_one_process_s"] = time.perf_counter() - began
    return figures | compared("old_release_known")


def compared(name: str) -> dict[str, object]:
    """Seconds to compare both releases, where every antigen differs and where one does."""
    from liaison.engines.cdsi.schedule_file import packaged
    from liaison.immunize import rollout
    from liaison.record.actor import machine

    figures: dict[str, object] = {}
    for only in (None, "Varicella"):
        seen: list[int] = []
        began = time.perf_counter()
        found = list(rollout.differences(machine("bench"), packaged(), other(only), TODAY, seen.append))
        figures[f"{'one' if only else 'every'}_antigen_{name}_s"] = time.perf_counter() - began
        assert sum(seen) == PATIENTS
        assert bool(found) == (only is not None)
    return figures


def other(antigen: str | None) -> bytes:
    """A release in which one antigen's first dose comes a year later, or in which every antigen has other words."""
    from liaison.engines.cdsi.schedule_file import pack, packaged

    document = json.loads(gzip.decompress(packaged()))
    del document["format"]
    for found in document["antigens"]:
        if antigen is None:
            found["series"][0]["guidance"].append("In other words.")
        elif found["name"] == antigen:
            for age in found["series"][0]["doses"][0]["ages"]:
                age[1] = age[2] = "2 years"
    return pack(document)


def fill(chance: random.Random) -> int:
    """Patients of all ages: children on the schedule, grown-ups with influenza, tetanus and COVID-19; how many."""
    from liaison.immunize.models import Immunization
    from liaison.people.models import Patient
    from liaison.record.actor import machine
    from liaison.record.change import change

    number = 0
    for first in range(0, PATIENTS, CHUNK):
        patients, given = [], []
        for one in range(first, first + CHUNK):
            lived = chance.randrange(90 * 365)
            born = TODAY - timedelta(days=lived)
            sex = chance.choice(("female", "male"))
            patient = Patient(mrn=f"{one + 1:06d}", family=f"P{one}", given="A", birth_date=born, sex=sex)
            patients.append(patient)
            if lived < 18 * 365:
                course = [(born + timedelta(days=d), cvx) for d, cvx in CHILD if d <= lived and chance.random() < 0.9]
            else:
                course = [(TODAY - timedelta(days=n * 365 + 20), "140") for n in range(chance.randrange(6))]
                course += [(TODAY - timedelta(days=chance.randrange(3000)), cvx) for cvx in ("115", "312")]
            given += [
                Immunization(
                    patient=patient,
                    cvx=cvx,
                    display=cvx,
                    occurred_at=datetime(day.year, day.month, day.day, 15, tzinfo=UTC),
                )
                for day, cvx in course
            ]
        with change(machine("bench"), "people.write") as this:
            this.save_new(patients)
            this.save_new(given)
        number += len(given)
    return number


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    import django

    django.setup()
    print(json.dumps(measure()))
