"""What a person typed into a form: kept when it is refused, with the sentence beside its cause."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from liaison.kernel import money
from liaison.kernel.errors import Conflict, Invalid, Refused
from liaison.people.models import Staff
from liaison.record.actor import Actor

# What a form answers beside its field; who may not, or asks for what is not there, gets a page of its own
ON_THE_FORM = (Invalid, Conflict)


class StaffRequest(HttpRequest):
    """A request as a view behind `people.access.page` gets it: of somebody on the staff list."""

    actor: Actor
    staff: Staff
    htmx: HtmxDetails


When = TypeVar("When", date, datetime)


def moment(text: str) -> datetime | None:
    """A moment as a form or an address writes it, in a zone or without one; None for what is none."""
    try:
        return _within(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _within(when: When) -> When:
    """It, with room on either side: neither a time zone nor a page on from there leaves the calendar. OverflowError."""
    when - timedelta(days=32), when + timedelta(days=400)
    return when


@dataclass
class Typed:
    """A form's words by field, and why they were refused: by field, or `sorry` for what belongs to none."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    sorry: str = ""

    @classmethod
    def sent(cls, data: QueryDict, fields: Collection[str]) -> "Typed":
        """The words that were sent for `fields`, without the spaces around them and without NUL, which nobody types."""
        return cls({name: data.get(name, "").replace("\x00", "").strip() for name in fields})

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def day(self, name: str) -> date | None:
        """The date typed, if any. Raises Invalid."""
        if not self.text(name):
            return None
        try:
            return _within(date.fromisoformat(self.text(name)))
        except (ValueError, OverflowError):
            raise Invalid("bad-date", "Choose a day, or type it as year-month-day, like 2026-03-04.", name)

    def cents(self, name: str) -> int:
        """The amount of money typed; nothing is 0. Raises Invalid."""
        if not self.text(name):
            return 0
        try:
            return money.cents(self.text(name))
        except ValueError as wrong:
            raise Invalid("bad-amount", str(wrong), name)

    def number(self, name: str, most: int) -> int | None:
        """The whole number typed, if any, from 0 to `most`. Raises Invalid."""
        text = money.ungrouped(self.text(name))
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most):
            raise Invalid("bad-number", f"Type a whole number up to {most:,}.", name)
        return int(text)

    def refuse(self, refusal: Refused) -> "Typed":
        """Put a refusal beside its field, or above the form when it names none that is here."""
        if refusal.field in self.values:
            self.errors[refusal.field] = refusal.sentence
        else:
            self.sorry = refusal.sentence
        return self

    @property
    def status(self) -> int:
        """422 for a form that was refused, 200 for a fresh one."""
        return 422 if self.errors or self.sorry else 200


def shown(request: HttpRequest, template: str, form: Typed, **context: Any) -> HttpResponse:
    """A page with a form, its status telling whether it was refused."""
    page = {"form": form, "typed": form.values, "errors": form.errors, **context}
    return render(request, template, page, status=form.status)


def done(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """On to another page, which says what was done."""
    messages.success(request, sentence, extra_tags="done")
    return _on_to(request, address)


def not_done(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """On to another page, which says why it was not done, until that is read."""
    messages.warning(request, sentence, extra_tags="refused")
    return _on_to(request, address)


def _on_to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The address that the form names to return to, when it is one of this server's."""
    wanted = request.POST.get("next", "")
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
