"""Requests a second of the FHIR face by one web worker, the audit entry of each durable before its answer."""

import subprocess
import sys
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

import httpx
import psutil

from bench.load import load
from bench.support import DATABASES, clinic
from tests.support.clinic import Clinic

CLIENTS = (1, 8, 32)
SECONDS = 3.0
PATIENTS = 150
SET_UP = f"""
import django; django.setup()
from liaison.record.actor import machine
from liaison.rehearsal import clinic
from liaison.rehearsal.play import Pace, rehearse
clinic.set_up(machine("bench"), patients={PATIENTS})
rehearse(10, 1, Pace())
"""


def main() -> dict[str, object]:
    figures: dict[str, object] = {}
    for database in DATABASES:
        with clinic(database) as home:
            subprocess.run([sys.executable, "-c", SET_UP], env=home.env, check=True)
            url = urlsplit(home.serve())
            bearer = _token(home)
            watched = [child.pid for child in psutil.Process().children(recursive=True)]
            for work, paths in _works(url.geturl(), bearer).items():
                requests = [_request(url.netloc, path, bearer) for path in paths]
                assert url.port
                load("127.0.0.1", url.port, requests, 8, 0.5, watched)
                for clients in CLIENTS:
                    figure = load("127.0.0.1", url.port, requests, clients, SECONDS, watched)
                    figures[f"{database} {work}, {clients} clients"] = (
                        f"{figure.per_second:,.0f}/s, p50 {figure.p50_ms:.1f} ms, p95 {figure.p95_ms:.1f} ms, "
                        f"CPU {figure.cpu_ms:.2f} ms a request"
                    )
    return figures


def _token(home: Clinic) -> str:
    home.liaison("client", "add", "bench", "--role", "system-reader")
    return home.liaison("client", "token", "bench").stdout.strip()


def _works(url: str, bearer: str) -> dict[str, list[str]]:
    """The addresses of each kind of work, from what the clinic has."""
    with httpx.Client(base_url=f"{url}/fhir/", headers={"Authorization": f"Bearer {bearer}"}) as client:

        def found(path: str) -> list[dict[str, object]]:
            answer = client.get(path).raise_for_status().json()
            return [entry["resource"] for entry in answer.get("entry", ())]

        patients = found("Patient?_count=100")
        ids = [str(patient["id"]) for patient in patients]
        families = [str(patient["name"][0]["family"]) for patient in patients]  # type: ignore[index]  # JSON
        practitioners = [str(schedule["actor"][0]["reference"]) for schedule in found("Schedule")]  # type: ignore[index]  # JSON
        schedules = [str(schedule["id"]) for schedule in found("Schedule")]
        days = sorted({str(one["start"])[:10] for one in found("Appointment?_count=100")})
    monday = date.today() + timedelta(days=7 - date.today().weekday())
    return {
        "read a patient": [f"Patient/{identifier}" for identifier in ids],
        "search patients by name": [f"Patient?{urlencode({'name': family})}" for family in families],
        "search a patient's observations": [f"Observation?patient={identifier}&_count=50" for identifier in ids],
        "appointments by date and practitioner": [
            f"Appointment?{urlencode({'date': day, 'practitioner': who})}" for day in days for who in practitioners
        ],
        "free slots of a day": [f"Slot?schedule={one}&status=free&start={monday}" for one in schedules],
    }


def _request(host: str, path: str, bearer: str) -> bytes:
    return f"GET /fhir/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\n\r\n".encode()
