"""What the forms of the practice's pages share."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liaison.kernel import hours
from liaison.kernel.errors import Invalid
from liaison.kernel.hours import WEEKDAYS
from liaison.kernel.phones import shown as phone_shown
from liaison.people.typed import Typed, shown
from liaison.practice.queries import Week

ADDRESS = ("phone", "line", "city", "state", "postal_code")
DAYS = tuple(f"day_{number}" for number in range(7))


def page_of(request: HttpRequest, template: str, tab: str, **context: Any) -> HttpResponse:
    """A page under a tab of the practice."""
    return render(request, f"practice/{template}.html", {"here": "practice", "tab": tab, **context})


def form_of(request: HttpRequest, template: str, form: Typed, tab: str, **context: Any) -> HttpResponse:
    """A page with a form under a tab of the practice."""
    return shown(request, f"practice/{template}.html", form, here="practice", tab=tab, **context)


def stored(row: Any, columns: tuple[str, ...]) -> Typed:
    """A form with what is stored."""
    values = {name: getattr(row, name) for name in columns}
    if "phone" in values:
        values["phone"] = phone_shown(values["phone"])
    return Typed(values)


def week_typed(week: Week) -> Typed:
    """The form of a week, with what is stored."""
    return Typed({f"day_{day}": hours.said(week.get(day, [])).replace("–", "-") for day in range(7)})


def week_sent(form: Typed) -> Week | None:
    """The week that was typed; `same` is the day before again. Nothing when a day is wrong, which its field says."""
    week: Week = {}
    for day in range(7):
        name = f"day_{day}"
        text = form.text(name)
        if day and text.casefold() == "same":
            week[day] = week.get(day - 1, [])
            continue
        try:
            week[day] = hours.spans(text, name)
        except Invalid as refusal:
            form.refuse(refusal)
    return None if form.errors else week


def week_fields() -> list[tuple[str, str]]:
    """Name and label of each day's field."""
    return list(zip(DAYS, WEEKDAYS, strict=True))


def chosen(form: Typed, name: str, sentence: str) -> UUID:
    """The row chosen from a list. Raises Invalid with the sentence."""
    try:
        return UUID(form.text(name))
    except ValueError:
        raise Invalid("nothing-chosen", sentence, name)
