from typing import ClassVar

from django.db import migrations


def forwards(apps, editor):
    """No two holds of one resource and lane may overlap: an exclusion constraint, or on SQLite a trigger."""
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        editor.execute(
            "ALTER TABLE schedule_hold ADD CONSTRAINT hold_no_overlap "
            "EXCLUDE USING gist (resource_id WITH =, lane WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        )
        return
    overlap = (
        "SELECT 1 FROM schedule_hold h WHERE h.resource_id = NEW.resource_id AND h.lane = NEW.lane AND h.id <> NEW.id "
        "AND h.starts_at < NEW.ends_at AND NEW.starts_at < h.ends_at"
    )
    for verb in ("INSERT", "UPDATE"):
        editor.execute(
            f"CREATE TRIGGER hold_no_overlap_{verb.lower()} BEFORE {verb} ON schedule_hold "
            f"WHEN EXISTS ({overlap}) BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END"
        )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("schedule", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(forwards, migrations.RunPython.noop)]
