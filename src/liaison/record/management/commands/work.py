"""`liaison work`: the job worker, which `liaison serve` starts beside the web server."""

import os
import signal
import threading
from typing import Any

from django.core.management.base import CommandParser

from liaison.record import jobs
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Deliver events, run jobs and timers until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits, then stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        parent, rounds = os.getppid(), iter([True])
        # The supervisor may be killed: a worker without its parent stops by itself
        jobs.work(lambda: next(rounds, False) if once else not stopped.is_set() and os.getppid() == parent)
