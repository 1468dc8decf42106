"""`liaison serve`: web, jobs and timers under one supervisor process."""

from typing import Any

from django.core.management.base import CommandParser

from liaison.record.command import LiaisonCommand
from liaison.web.supervisor import Supervisor, web, worker


class Command(LiaisonCommand):
    help = "Run Liaison: the web server, the job worker and the timers. Stops with Ctrl+C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--workers", type=int, default=1, help="web processes (default: %(default)s)")

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        supervisor = Supervisor([web(host, port, workers), worker()])
        supervisor.start()
        self.stdout.write(f"Liaison runs at http://{host}:{port}")
        self.stdout.flush()
        supervisor.watch()
