"""The rest of the demo's day, at a pace that one can watch, by the clock that the pages show."""

from typing import Any

from django.core.management.base import CommandParser

from liaison.kernel import clock
from liaison.record.command import LiaisonCommand
from liaison.rehearsal.management.commands.rehearse import visits
from liaison.rehearsal.play import rehearse_live
from liaison.rehearsal.running import shared_clock


class Command(LiaisonCommand):
    help = "Play the demo's day beside a running server (liaison demo starts this)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--visits", type=visits, default=45)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, visits: int, seed: int, **options: Any) -> None:
        rehearse_live(visits, seed, clock.follow(shared_clock().path))
