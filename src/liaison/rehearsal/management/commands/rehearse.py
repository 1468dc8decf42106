"""`liaison rehearse`: play a clinic day with staff and patients as actors."""

import json
import sys
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from liaison.kernel.money import dollars
from liaison.record.command import LiaisonCommand
from liaison.rehearsal.play import Pace, Result, rehearse


def speed(text: str) -> float | None:
    """`max` is as fast as it goes, `real` 1, `30x` thirty times as fast. Raises CommandError."""
    if text == "max":
        return None
    try:
        rate = 1.0 if text == "real" else float(text.removesuffix("x"))
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 10_000:
        raise CommandError(f"--speed takes real, max, or a number such as 30x, not “{text}”.", returncode=2)
    return rate


class Command(LiaisonCommand):
    help = "Play a clinic day: calls, arrivals, rooming, examinations, orders, checkout, claims and payments. Exit status 1 if a promise breaks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--visits", type=int, default=45, help="how many (default: %(default)s)")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same day (default: %(default)s)"
        )
        parser.add_argument("--speed", default="max", help="real, max, or for example 30x (default: %(default)s)")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="the day to play, such as 2026-11-23 (default: the first free one)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")

    def handle(self, *args: Any, visits: int, seed: int, **options: Any) -> None:
        if visits < 1:
            raise CommandError("--visits takes a number from 1 on.", returncode=2)
        quiet = options["json"] and not sys.stdout.isatty()
        pace = Pace(speed(options["speed"]))
        result = rehearse(visits, seed, pace, day=options["day"], say=(lambda _: None) if quiet else self.stdout.write)
        self._print(result)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict()))
        if result.broken or not result.ledger_balanced:
            sys.exit(1)

    def _print(self, r: Result) -> None:
        self.stdout.write(
            f"{r.visits} visits in {r.seconds:.1f} s: {r.closed} closed, {r.cancelled} cancelled, {r.no_shows} missed, {r.left} left, "
            f"{r.visits - r.closed - r.cancelled - r.no_shows - r.left} still open (denied or waiting)"
        )
        self.stdout.write(f"{r.claims} claims: {r.claims_valid} valid, {r.claims_paid} paid, {r.claims_denied} denied")
        self.stdout.write(
            f"Charged {dollars(r.charged_cents)} = paid {dollars(r.paid_cents)} + adjusted {dollars(r.adjusted_cents)} "
            f"+ patients {dollars(r.patient_cents)} + open {dollars(r.open_cents)}{'' if r.ledger_balanced else '  DOES NOT BALANCE'}"
        )
        for name, sentences in r.broken.items():
            self.stdout.write(f"BROKEN  {name}")
            for sentence in sentences:
                self.stdout.write(f"        {sentence}")
