"""Immunization forecasts by the CDC's rules: all vaccine groups for a patient, in process, one core.

The histories are those of the CDC's cases where the folder of shared data is there (LIAISON_SHARED), else a child's.
The child has 25 doses. The start of the command is that of `liaison immunize forecast` with one line, start to end.
"""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from liaison.engines import cdsi
from liaison.engines.cdsi.cases import read_case

BORN = date(2020, 1, 1)
TODAY = date(2025, 11, 10)
# Days after birth, and what was given
CHILD = (
    (0, "08"),
    *((day, cvx) for day in (60, 121, 182) for cvx in ("110", "49", "133", "116")),
    *((182, "140"), (215, "140"), (366, "03"), (366, "21"), (366, "83"), (366, "133"), (460, "20"), (460, "49")),
    *((560, "83"), (600, "140"), (1480, "94"), (1480, "130")),
)
LINE = '{"id": "1", "dob": "2020-01-01", "assessment_date": "2025-11-10", "doses": []}'


def main() -> dict[str, object]:
    """Patients a second, milliseconds for a child of 25 doses, and seconds until the command has answered a line."""
    began = time.perf_counter()
    cdsi.default_schedule()
    loaded = time.perf_counter() - began
    gc.freeze()
    child = cdsi.Patient(BORN, "F", tuple(cdsi.Dose(BORN + timedelta(days), cvx) for days, cvx in CHILD))
    patients = cases() or [(child, TODAY)] * 100

    return {
        "patients": len(patients),
        "patients_per_second": len(patients) / each_at_its_best(9, patients),
        "child_of_25_doses_ms": 1000 * best_of(200, lambda: cdsi.forecast(child, TODAY)),
        "schedule_read_ms": 1000 * loaded,
        "command_start_s": best_of(5, command),
    }


def cases() -> list[tuple[cdsi.Patient, date]]:
    folder = os.environ.get("LIAISON_SHARED", Path(__file__).resolve().parents[2] / "shared")
    path = Path(folder) / "data/cdsi/cases.jsonl"
    if not path.exists():
        return []
    found = [read_case(line) for line in path.read_text("utf-8").splitlines()]
    return [(case.patient, case.assessment_date) for case in found]


def each_at_its_best(times: int, patients: list[tuple[cdsi.Patient, date]]) -> float:
    """Seconds for all of them, each in the shortest of its times: a run over a thousand is never undisturbed."""
    best = [60.0] * len(patients)
    for _ in range(times):
        for number, (patient, today) in enumerate(patients):
            began = time.perf_counter()
            cdsi.forecast(patient, today)
            best[number] = min(best[number], time.perf_counter() - began)
    return sum(best)


def command() -> None:
    liaison = Path(sys.executable).with_name("liaison")
    subprocess.run([liaison, "immunize", "forecast", "-"], input=LINE, text=True, capture_output=True, check=True)


def best_of(times: int, work: Callable[[], object]) -> float:
    """The shortest time that a piece of work took, in seconds: what disturbs it is others' work."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)
