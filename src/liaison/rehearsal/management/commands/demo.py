"""`liaison demo`: the sample clinic, running, with a day being played in it."""

import sys
import time
import urllib.request
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any
from urllib.error import URLError

from django.core.management.base import CommandError, CommandParser

from liaison.people.roles import ROLES
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand, ensure_home
from liaison.rehearsal import clinic, home, running
from liaison.rehearsal.management.commands.rehearse import speed, visits
from liaison.rehearsal.telling import telling
from liaison.web.supervisor import Part, Supervisor, web, worker


def _pace(text: str) -> float:
    rate = speed(text)
    if rate is None:
        raise ArgumentTypeError("the demo's day goes at a pace: give real, or for example 10x")
    return rate


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError(f"give a port from 1 to 65535, not “{text}”")
    return int(text)


class Command(LiaisonCommand):
    help = (
        "Run the sample clinic at http://127.0.0.1:8000, with a day being played in it. A second start keeps its data."
    )
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and begin anew")
        parser.add_argument(
            "--patients", nargs="+", type=Path, metavar="PATH", help="FHIR bundles or NDJSON instead of made-up people"
        )
        parser.add_argument("--visits", type=visits, default=45, help="visits of the day (default: %(default)s)")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same day (default: %(default)s)"
        )
        parser.add_argument(
            "--speed", type=_pace, default=10.0, help="how fast the day goes: real, or for example 10x (default: 10x)"
        )
        parser.add_argument("--no-day", action="store_true", help="do not play a day; the clinic waits for you")
        parser.add_argument("--set-up-only", action="store_true", help="set everything up, then stop")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        with running.alone():
            if not options["set_up_only"] and not home.is_free(port):
                # The port after the last one is none
                other = port + 1 if port < 65535 else 8000
                raise CommandError(
                    f"Port {port} is taken. Stop what listens there, or choose another: liaison demo --port {other}"
                )
            if options["fresh"]:
                home.throw_away()
            self._set_up(options["patients"] or [])
            if not options["set_up_only"]:
                self._run(port, options)

    def _set_up(self, paths: list[Path]) -> None:
        ensure_home()
        clinic.refuse_a_practice()
        if clinic.is_set_up():
            if paths:
                self._say("The clinic has its people already. For others: liaison demo --fresh --patients PATH")
            return
        began = time.perf_counter()
        with telling("Setting up the sample clinic", self._say, terminal=sys.stdout.isatty()) as tell:
            tell.say("Setting up the sample clinic; this takes a minute once …")
            report = clinic.set_up(machine("set-up", "cli"), paths=paths, progress=tell.step)
        self._say(f"{report.stored} records of people in {time.perf_counter() - began:.0f} s.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _run(self, port: int, options: dict[str, Any]) -> None:
        payer_port, registry_port = home.any_port(), home.any_port()
        clock = running.shared_clock()
        environment = {
            "LIAISON_CLAIMS_URL": f"http://127.0.0.1:{payer_port}",
            "LIAISON_REALTIME_URL": f"http://127.0.0.1:{payer_port}/core",
            "LIAISON_REGISTRY_URL": f"http://127.0.0.1:{registry_port}/soap",
            "LIAISON_REGISTRY_PASSWORD": clinic.REGISTRY_PASSWORD,
            "LIAISON_CLOCK": str(clock.path),
            "LIAISON_DEMO": "1",
        }
        state = str(running.payer_state())
        payer = [sys.executable, "-m", "sandbox_payer", "--port", str(payer_port), "--state", state]
        others = [Part("payer", payer, quiet=True), worker(environment)]
        if options["no_day"]:
            clock.path.unlink(missing_ok=True)
        else:
            self._begin_day(options)
            day = [
                sys.executable, "-m", "liaison", "play_demo_day", "--visits", str(options["visits"]),
                "--seed", str(options["seed"]),
            ]  # fmt: skip
            others.append(Part("day", day, environment, keep=False))
        supervisor = Supervisor([web("127.0.0.1", port, environment=environment)])
        supervisor.start()
        if _answers(port):
            self._greet(port)
        # After the pages, which somebody waits for
        registry = [
            sys.executable, "-m", "sandbox_registry", "--port", str(registry_port),
            "--state", str(running.registry_state()), "--begin", str(running.elsewhere()),
        ]  # fmt: skip
        for part in [Part("registry", registry, quiet=True), *others]:
            supervisor.add(part)
        supervisor.watch()
        running.stop_clock()

    def _begin_day(self, options: dict[str, Any]) -> None:
        """Let the clock go on from where it stood when the demo stopped; on a new day, play the morning first."""
        if running.begins_anew():
            # Only now: the rehearsal's imports would keep everybody else waiting
            from liaison.rehearsal.play import MORNING, play_morning

            with telling("The morning", self._say, terminal=sys.stdout.isatty()) as tell:
                play_morning(options["visits"], options["seed"], MORNING, running.shared_clock(), tell)
        running.start_clock(options["speed"])

    def _greet(self, port: int) -> None:
        self._say(
            f"\nLiaison runs at http://127.0.0.1:{port}   (Ctrl+C stops it; the data stays)\n\n"
            f"Sign in with the password {clinic.PASSWORD} as"
        )
        people = {person["role"]: person for person in reversed(clinic.sample("clinic")["staff"])}
        for role, person in reversed(people.items()):
            name = f"{person['given']} {person['family']}"
            self._say(f"  {person['username']:<8} {ROLES[role].title:<18} {name}")
        self._say("")


def _answers(port: int) -> bool:
    """Wait until the web server answers; it has half a minute."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):  # our own address
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False
