"""A row's columns as they may be stored: text tidied, lengths, choices and formats checked before the database."""

import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models

from liaison.kernel.errors import Invalid


def tidy(text: str, *, lines: bool = False) -> str:
    """Text without control characters and stray spaces, in Unicode's composed form; `lines` keeps its line breaks."""
    if lines:
        return "\n".join(tidy(line) for line in text.replace("\r\n", "\n").split("\n")).strip()
    spaced = " ".join(text.split())
    return unicodedata.normalize("NFC", "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs")))


def check(row: models.Model, fields: Iterable[str] = ()) -> None:
    """Tidy and check the columns of a row (only `fields`, when named), without asking the database.

    Raises Invalid for the first that cannot be stored, with its name as the field.
    """
    wanted = set(fields)
    for column in row._meta.concrete_fields:
        if column.primary_key or column.is_relation or not column.editable or (wanted and column.name not in wanted):
            continue
        value = getattr(row, column.attname)
        if isinstance(value, str) and isinstance(column, (models.CharField, models.TextField)):
            value = tidy(value, lines=isinstance(column, models.TextField))
        if value in column.empty_values and (column.blank or (column.null and value is None) or value in ([], {})):
            setattr(row, column.attname, value)
            continue
        try:
            setattr(row, column.attname, column.clean(value, row))
        except ValidationError as problem:
            name = str(column.verbose_name).capitalize()
            raise Invalid("bad-value", f"{name}: {' '.join(problem.messages)}", column.name)
