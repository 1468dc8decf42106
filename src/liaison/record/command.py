"""What every command of Liaison does: set up an empty home by itself, and refuse in one line."""

import fcntl
import pkgutil
import sys
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from liaison.kernel.errors import Refused


def ensure_home() -> bool:
    """Bring the database of this home to the present form, also when several processes start at once.

    True when there was work.
    """
    if not _pending():
        return False
    with (settings.HOME / "set-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _pending():
            call_command("migrate", verbosity=0, interactive=False)
    return True


def _pending() -> bool:
    """Whether a migration waits. Names tell that none does; the graph of all, which is slow to build, what is due."""
    # With all of Django's models behind them: commands of pure engines do without
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    if _on_disk() <= set(MigrationRecorder(connection).applied_migrations()):
        return False
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _on_disk() -> set[tuple[str, str]]:
    """App and name of every migration there is, none of them imported."""
    folders = {app.label: str(Path(app.path) / "migrations") for app in apps.get_app_configs()}
    return {
        (label, module.name)
        for label, folder in folders.items()
        for module in pkgutil.iter_modules([folder])
        if module.name[0] not in "_~" and not module.ispkg
    }


class OneLineParser(CommandParser):
    """Says what is wrong with the arguments in one line; the usage is what `--help` is for."""

    def error(self, message: str) -> NoReturn:
        if not self.called_from_command_line:
            super().error(message)
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


class LiaisonCommand(BaseCommand):
    """A command of the product. `needs_home` is false for commands of pure engines, which need no database."""

    needs_home: ClassVar[bool] = True
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser of the command's own arguments, with Django's few that `execute` asks for."""
        parser = OneLineParser(
            prog=f"{Path(prog_name).name} {subcommand}",
            description=self.help or None,
            called_from_command_line=getattr(self, "_called_from_command_line", None),
            **kwargs,
        )
        parser.add_argument("--traceback", action="store_true", help="show where a refusal comes from")
        parser.set_defaults(settings=None, pythonpath=None, verbosity=1, no_color=False, force_color=False)
        self.add_arguments(parser)
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        if self.needs_home:
            ensure_home()
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            return self._refuse(CommandError(refusal.sentence, returncode=1), options)
        except CommandError as refusal:
            return self._refuse(refusal, options)

    def _refuse(self, refusal: CommandError, options: dict[str, Any]) -> NoReturn:
        if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
            raise refusal
        self.stderr.write(f"liaison: {refusal}")
        sys.exit(refusal.returncode)
