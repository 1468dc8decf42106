from typing import ClassVar

from django.db import migrations

COLUMNS = (("people_namekey", "word"), ("people_namevariant", "variant"), ("people_namevariant", "word"))


def forwards(apps, editor):
    """Let the search's words sort by their bytes, as SQLite does: what begins with a prefix is then one range of the index."""
    if editor.connection.vendor != "postgresql":
        return
    for table, column in COLUMNS:
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(60) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(forwards, migrations.RunPython.noop)]
