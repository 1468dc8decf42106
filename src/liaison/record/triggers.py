"""Promises that the database keeps by itself, the same on SQLite and PostgreSQL. For migrations."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class InDatabase(Operation):
    """What a migration does to the database alone. It needs no models, which Django would take its time to make."""

    reduces_to_sql = True
    reversible = False

    def __init__(self, act: Callable[[BaseDatabaseSchemaEditor], None]) -> None:
        self.act = act

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Do it."""
        self.act(schema_editor)

    def describe(self) -> str:
        """Say it in words: the first line of what the function says of itself."""
        return (self.act.__doc__ or self.act.__name__).partition("\n")[0]


def append_only(table: str, *, remade: bool = False) -> InDatabase:
    """Let the database refuse to change or remove a row of `table`; `remade` after SQLite made the table anew."""

    def act(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        elif not remade:
            editor.execute(
                f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
            )

    return InDatabase(act)


def notify(table: str, channel: str) -> InDatabase:
    """Let PostgreSQL wake the listeners of `channel` when rows are added to `table`; SQLite is polled."""

    def act(editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE FUNCTION {table}_notify() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN PERFORM pg_notify('{channel}', ''); RETURN NULL; END $$"
            )
            editor.execute(
                f"CREATE TRIGGER {table}_wake AFTER INSERT ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_notify()"
            )

    return InDatabase(act)
