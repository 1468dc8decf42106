"""What the billing pages share."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from liaison.kernel.errors import Invalid
from liaison.people.models import Coverage

A_PAGE = 50
R = TypeVar("R", bound=Any)


def named(coverage: Coverage) -> str:
    """A coverage as a choice says it."""
    return f"{coverage.payer.name}, member {coverage.member_id}"


def chosen(text: str, name: str) -> UUID:
    """What was chosen from a list. Raises Invalid at the field `name`."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("not-chosen", "Choose one from the list.", name)


def once(request: HttpRequest) -> UUID | None:
    """The key of the form that was sent (`{% once %}`), so that a second click does nothing. Raises Invalid."""
    text = request.POST.get("once", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid("bad-form", "Load the page anew, then enter it again.")


def paged(request: HttpRequest, rows: "QuerySet[R] | Sequence[R]", most: int = A_PAGE) -> "Page[R]":
    """The page of a long list that is asked for; the first where the address says nothing that makes sense."""
    return Paginator(rows, most).get_page(request.GET.get("page"))
