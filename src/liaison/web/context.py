"""What the shell of every page needs."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The signed-in person, lazily: pages that do not show it ask nothing of the database."""
    return {"actor": getattr(request, "actor", None), "staff": getattr(request, "staff", None)}
