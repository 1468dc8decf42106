"""`liaison demo`: the sample clinic, running, with a day being played in it."""

import shutil
import socket
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from liaison.kernel import clock
from liaison.kernel.clock import SharedClock
from liaison.people.models import Coverage
from liaison.people.roles import ROLES
from liaison.places.models import Site
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand, ensure_home
from liaison.rehearsal import clinic
from liaison.rehearsal.management.commands.rehearse import speed
from liaison.rehearsal.play import MORNING, play_morning
from liaison.web.supervisor import Part, Supervisor, web, worker

MARK = "demo"  # a home with this file holds made-up people, and may be thrown away


class Command(LiaisonCommand):
    help = (
        "Run the sample clinic at http://127.0.0.1:8000, with a day being played in it. A second start keeps its data."
    )
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and begin anew")
        parser.add_argument(
            "--patients", nargs="+", type=Path, metavar="PATH", help="FHIR bundles or NDJSON instead of made-up people"
        )
        parser.add_argument("--visits", type=int, default=45, help="visits of the day (default: %(default)s)")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same day (default: %(default)s)"
        )
        parser.add_argument(
            "--speed", default="10x", help="how fast the day goes: real, or for example 10x (default: %(default)s)"
        )
        parser.add_argument("--no-day", action="store_true", help="do not play a day; the clinic waits for you")
        parser.add_argument("--set-up-only", action="store_true", help="set everything up, then stop")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        rate = speed(options["speed"])
        if rate is None:
            raise CommandError("The demo's day goes at a pace: --speed real, or for example 10x.", returncode=2)
        self._home(options["fresh"])
        began = time.perf_counter()
        if ensure_home() or not clinic.is_set_up():
            self.stdout.write("Setting up the sample clinic; this takes a minute once …")
            self.stdout.flush()
        report = None
        if not self._has_people():
            report = clinic.set_up(machine("set-up", "cli"), paths=options["patients"] or ())
            self.stdout.write(f"{report.stored} records of people in {time.perf_counter() - began:.0f} s.")
        if options["set_up_only"]:
            return
        if port and not _free(port):
            raise CommandError(
                f"Port {port} is taken. Stop what listens there, or choose another: liaison demo --port {port + 1}"
            )
        self._run(port, rate, options)

    def _home(self, fresh: bool) -> None:
        mark = settings.HOME / MARK
        empty = not (settings.HOME / "liaison.sqlite3").exists() and not settings.DATABASES["default"][
            "ENGINE"
        ].endswith("postgresql")
        if not mark.exists():
            if not empty and ensure_home() is False and clinic.is_set_up():
                raise CommandError(
                    f"{settings.HOME} holds a practice that is not the demo's. Set LIAISON_HOME to another folder."
                )
            mark.write_text("The sample clinic of Liaison. Everybody in it is made up.\n")
        elif fresh:
            _throw_away(settings.HOME)

    def _has_people(self) -> bool:
        return clinic.is_set_up() and Coverage.objects.exists()

    def _run(self, port: int, rate: float, options: dict[str, Any]) -> None:
        payer_port = _any_port()
        environment = {
            "LIAISON_CLAIMS_URL": f"http://127.0.0.1:{payer_port}",
            "LIAISON_CLOCK": str(settings.HOME / "clock"),
            "LIAISON_DEMO": "1",
        }
        shared = SharedClock(settings.HOME / "clock")
        if options["no_day"]:
            shared.path.unlink(missing_ok=True)
        else:
            _begin_day(shared, options, rate)
        payer = [
            sys.executable,
            "-m",
            "sandbox_payer",
            "--port",
            str(payer_port),
            "--state",
            str(settings.HOME / "sandbox-payer.sqlite3"),
        ]
        parts = [Part("payer", payer, quiet=True), web("127.0.0.1", port, environment=environment), worker(environment)]
        if not options["no_day"]:
            day = [
                sys.executable, "-m", "liaison", "play_demo_day", "--visits", str(options["visits"]), "--seed", str(options["seed"]),
                "--speed", options["speed"],
            ]  # fmt: skip
            parts.append(Part("day", day, environment, keep=False))
        supervisor = Supervisor(parts)
        supervisor.start()
        if _answers(port):
            self._greet(port)
        supervisor.watch()

    def _greet(self, port: int) -> None:
        self.stdout.write(
            f"\nLiaison runs at http://127.0.0.1:{port}   (Ctrl+C stops it; the data stays)\n\nSign in with the password {clinic.PASSWORD} as\n"
        )
        seen = set()
        for person in clinic.sample("clinic")["staff"]:
            if person["role"] not in seen:
                seen.add(person["role"])
                name = f"{person['given']} {person['family']}"
                self.stdout.write(f"  {person['username']:<8} {ROLES[person['role']].title:<18} {name}")
        self.stdout.write("")
        self.stdout.flush()


def _begin_day(shared: SharedClock, options: dict[str, Any], rate: float) -> None:
    """Let the clock go on from where it stood when the demo stopped today; on a new day, play the morning first."""
    zone = ZoneInfo(Site.objects.order_by("code")[0].zone)
    last = shared.last_set()
    if last is None or last[0].astimezone(zone).date() != clock.today(zone):
        play_morning(options["visits"], options["seed"], MORNING, shared)
        last = shared.last_set()
    assert last is not None
    shared.set(last[0] + timedelta(seconds=1), rate)


def _throw_away(home: Path) -> None:
    """Empty a demo's home, and the PostgreSQL database that it uses."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    for path in home.iterdir():
        if path.name in (MARK, "secret-key"):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Wait until the web server answers; it has half a minute."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):  # our own address
                return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False
