"""Several columns added to a table at once. For migrations."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models import Field, ForeignKey

Columns = Sequence[tuple[str, "Field[Any, Any]"]]


class AddColumns(Operation):
    """As one AddField for each column; but Django would make all related models anew for each, and on SQLite copy the
    table each time. A column is empty or has its constant default."""

    reduces_to_sql = True
    reversible = False

    def __init__(self, model_name: str, columns: Columns) -> None:
        self.model_name, self.columns = model_name.lower(), columns

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Give the model the fields."""
        fields = state.models[app_label, self.model_name].fields
        for name, field in self.columns:
            fields[name] = field
        state._relations = None
        state.reload_model(app_label, self.model_name, delay=False)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Add the columns, on SQLite by ALTER TABLE."""
        model = to_state.apps.get_model(app_label, self.model_name)
        for name, _ in self.columns:
            field = model._meta.get_field(name)
            if schema_editor.connection.vendor != "sqlite":
                schema_editor.add_field(model, field)
                continue
            quote = schema_editor.quote_name
            made, values = schema_editor.column_sql(model, field, include_default=True)
            definition = str(made)
            if isinstance(field, ForeignKey):
                target = field.remote_field.model._meta
                definition += f" REFERENCES {quote(target.db_table)} ({quote(str(target.pk.column))})"
                definition += " DEFERRABLE INITIALLY DEFERRED"
            table, column = quote(model._meta.db_table), quote(str(field.column))
            schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}", values or None)

    def describe(self) -> str:
        """Say it in words."""
        return f"Add {', '.join(name for name, _ in self.columns)} to {self.model_name}"
