"""What the billing pages share."""

from uuid import UUID

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
