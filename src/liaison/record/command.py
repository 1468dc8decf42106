"""What every command of Liaison does: set up an empty home by itself, and refuse in one line."""

import fcntl
from typing import Any, ClassVar

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class LiaisonCommand(BaseCommand):
    """A command of the product. `needs_home` is false for commands of pure engines, which need no database."""

    needs_home: ClassVar[bool] = True
    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        if self.needs_home:
            ensure_home()
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            raise CommandError(refusal.sentence, returncode=1) from None
