"""`{% claim_field line "ndc" "NDC" %}`: a field of a claim's line, named for its charge."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("web/parts/field.html", takes_context=True)
def claim_field(
    context: template.Context, line: Mapping[str, Any], part: str, label: str, **options: Any
) -> dict[str, Any]:
    """A field `part-<charge>` with what was typed, else as the line stands. Options as of `field`."""
    name = f"{part}-{line['charge']}"
    typed, errors = context.get("typed") or {}, context.get("errors") or {}
    value = typed.get(name, line["fields"][part])
    where = {"id": f"{part}-{line['number']}", "name": name, "label": label}
    return {**options, **where, "value": value, "error": errors.get(name, "")}
