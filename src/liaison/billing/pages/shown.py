"""What the billing pages share."""

from uuid import UUID

from django.http import HttpRequest

from liaison.kernel.errors import Invalid
from liaison.people.models import Coverage


def named(coverage: Coverage) -> str:
    """A coverage as a choice says it."""
    return f"{coverage.payer.name}, member {coverage.member_id}"


def chosen(text: str, name: str) -> UUID:
    """What was chosen from a list. Raises Invalid at the field `name`."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("not-chosen", "Choose one from the list.", name)


def page_number(request: HttpRequest) -> int:
    """Which page of a list is asked for, from 1; the first where the address says nothing that makes sense."""
    typed = request.GET.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1
