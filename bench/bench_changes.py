"""Recorded changes a second: one patient updated, with revision, audit entry and event, durable; both databases."""

import json
import subprocess
import sys

from bench.support import DATABASES, clinic

CHANGES = 1000
SCRIPT = f"""
import django; django.setup()
import json, time
from datetime import date
from liaison.people.models import Patient
from liaison.record.actor import machine
from liaison.record.change import change

actor = machine("bench", "cli")
with change(actor, "people.write") as this:
    patient = this.save(Patient(mrn="000001", family="Brandt", given="Otto", birth_date=date(1955, 3, 4), sex="male"))

def once(number):
    with change(actor, "people.write", patient_id=patient.pk) as this:
        patient.line = f"{{number}} Elm Street"
        this.save(patient, "line")
        this.event("people.updated", patient=patient.pk)

for number in range(50):
    once(number)
began, used = time.perf_counter(), time.process_time()
for number in range({CHANGES}):
    once(number)
took, used = time.perf_counter() - began, time.process_time() - used
print(json.dumps({{"per_second": {CHANGES} / took, "cpu_ms": used / {CHANGES} * 1000}}))
"""


def main() -> dict[str, object]:
    figures: dict[str, object] = {}
    for database in DATABASES:
        with clinic(database) as home:
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT], env=home.env, check=True, capture_output=True, text=True
            )
            told = json.loads(done.stdout)
            figures[f"{database}_changes_per_second"] = told["per_second"]
            figures[f"{database}_cpu_ms_a_change_of_the_process"] = told["cpu_ms"]
    return figures
