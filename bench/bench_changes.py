"""Recorded changes a second: one patient updated, with revision, audit entry and event, durable; both databases."""

from bench.support import on_both

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
figures = {{"changes_per_second": {CHANGES} / took, "cpu_ms_a_change_of_the_process": used / {CHANGES} * 1000}}
print(json.dumps(figures))
"""


def main() -> dict[str, object]:
    return on_both("-c", SCRIPT)
