"""`liaison rehearse`: play a clinic day with staff and patients as actors."""

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from liaison.kernel.money import dollars
from liaison.record.command import LiaisonCommand
from liaison.rehearsal.play import Pace, rehearse
from liaison.rehearsal.result import Result
from liaison.rehearsal.telling import telling


def speed(text: str) -> float | None:
    """`max` is as fast as it goes, `real` 1, `30x` thirty times as fast. Raises ArgumentTypeError."""
    if text == "max":
        return None
    try:
        rate = 1.0 if text == "real" else float(text.removesuffix("x"))
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 10_000:
        raise ArgumentTypeError(f"give real, max, or a number such as 30x, not “{text}”")
    return rate


def visits(text: str) -> int:
    """How many visits, from 1 on. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise ArgumentTypeError(f"give a number of visits from 1 on, not “{text}”")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"give a day such as 2026-11-23, not “{text}”")


class Command(LiaisonCommand):
    help = (
        "Play a clinic day: calls, arrivals, rooming, examinations, orders, checkout, claims and payments. "
        "Exit status 1 if a promise breaks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--visits", type=visits, default=45, help="how many (default: %(default)s)")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same day (default: %(default)s)"
        )
        parser.add_argument("--speed", type=speed, default="max", help="real, max, or for example 30x (default: max)")
        parser.add_argument(
            "--day", type=_day, help="the day to play, such as 2026-11-23 (default: the first free one)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")

    def handle(self, *args: Any, visits: int, seed: int, **options: Any) -> None:
        terminal = sys.stdout.isatty()
        write = (lambda _: None) if options["json"] and not terminal else self._write
        with telling("Rehearsal", write, terminal=terminal) as tell:
            result = rehearse(visits, seed, Pace(options["speed"]), day=options["day"], tell=tell)
        self._print(result)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_dict()))
        if not result.holds:
            sys.exit(1)

    def _write(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _print(self, r: Result) -> None:
        still = r.visits - r.closed - r.cancelled - r.no_shows - r.left
        self.stdout.write(
            f"{r.visits} visits in {r.seconds:.1f} s: {r.closed} closed, {r.cancelled} cancelled, {r.no_shows} missed, "
            f"{r.left} left, {still} still open (denied or waiting)"
        )
        self.stdout.write(f"{r.claims} claims: {r.claims_valid} valid, {r.claims_paid} paid, {r.claims_denied} denied")
        self.stdout.write(
            f"Charged {dollars(r.charged_cents)} = paid {dollars(r.paid_cents)} + adjusted {dollars(r.adjusted_cents)} "
            f"+ patients {dollars(r.patient_cents)} + open {dollars(r.open_cents)}"
            f"{'' if r.ledger_balanced else '  DOES NOT BALANCE'}"
        )
        for name, sentences in r.broken.items():
            self.stdout.write(f"BROKEN  {name}")
            for sentence in sentences:
                self.stdout.write(f"        {sentence}")
