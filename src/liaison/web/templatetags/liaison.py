"""Filters and tags that pages share. They are builtins: no page loads them."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import phonenumbers
from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from liaison.kernel import clock, money, names
from liaison.kernel.countries import COUNTRIES
from liaison.people.choices import LANGUAGES
from liaison.web import charts

register = template.Library()
register.filter("dollars", money.dollars)


@register.filter
def ahead(balance_cents: int) -> str:
    """A credit balance as the amount that was paid ahead."""
    return money.dollars(-balance_cents)


register.simple_tag(charts.sparkline, name="sparkline")

_ICONS = {path.stem: path.read_text().strip() for path in (Path(__file__).parent / "icons").glob("*.svg")}


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, for a loop over fixed names."""
    return text.split()


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """The value under a key that a template holds in a variable; nothing when there is none."""
    return mapping.get(key, "") if mapping else ""


@register.filter(name="json")
def as_json(value: Any) -> str:
    """A value as JSON, for an attribute of data; the template escapes it."""
    return json.dumps(value)


@register.filter
def age(born: date) -> str:
    """`34`, `15 mo`, `6 wk`: how a list says how old somebody is today."""
    return names.age(born, clock.today(timezone.get_current_timezone()))


@register.filter
def age_on(born: date, on: date) -> str:
    """How old somebody was on a day: `15 mo`."""
    return names.age(born, on)


@register.filter
def age_long(born: date) -> str:
    """`34 years`, `15 months`: how a banner says it."""
    short = age(born)
    number, _, unit = short.partition(" ")
    unit = {"": "year", "d": "day", "wk": "week", "mo": "month"}[unit]
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


@register.filter
def sex_letter(sex: str) -> str:
    """`F`, `M`, `X` or `U`."""
    return names.SEX_LETTER.get(sex, "U")


@register.filter
def mrn(number: str) -> str:
    """An MRN in two halves of three, as a label shows it: `004 812`."""
    return f"{number[:-3]} {number[-3:]}" if number.isdigit() and len(number) > 3 else number


@register.filter
def phone(number: str) -> str:
    """An E.164 number as people here write it; any other text as it is."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@register.filter
def language(code: str) -> str:
    """The English name of a language code; the code itself for one that the clinic has no word for."""
    return LANGUAGES.get(code.partition("-")[0], code)


@register.filter
def country(code: str) -> str:
    """The name of a country by its two letters."""
    return COUNTRIES.get(code, code)


@register.filter
def minutes(since: datetime | None) -> int:
    """Full minutes from a time until now; never below 0."""
    return max(0, int((clock.now() - since).total_seconds() // 60)) if since else 0


@register.filter
def ago(at: datetime | None) -> str:
    """`just now`, `4 min ago`, `today 9:40`, `12 days ago`, `4 March 2024`."""
    if at is None:
        return ""
    zone = timezone.get_current_timezone()
    days = (clock.today(zone) - at.astimezone(zone).date()).days
    if days == 0:
        gone = minutes(at)
        if gone < 60:
            return f"{gone} min ago" if gone else "just now"
        return f"today {at.astimezone(zone):%-H:%M}"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if 0 < days < 60 else f"{at.astimezone(zone):%-d %B %Y}"


@register.filter
def lower_first(text: str) -> str:
    """`Vital signs` in the middle of a sentence; a name in capitals (PHQ-2) stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


@register.filter
def stage(value: str) -> str:
    """The words of a visit's stage."""
    return value.replace("_", " ").capitalize()


@register.inclusion_tag("web/parts/field.html", takes_context=True)
def field(context: template.Context, name: str, label: str, **options: Any) -> dict[str, Any]:
    """A field of a form: with what was typed (`typed` of the page), else `initial`; the sentence of `errors` beside it.

    Options: type, rows, choices ((value, words) pairs), blank, unit, hint, optional, required, maxlength, autocomplete,
    inputmode, placeholder, wide, autofocus, initial, error_name where the cause goes by another name.
    """
    typed, errors = context.get("typed") or {}, context.get("errors") or {}
    initial = options.pop("initial", "")
    value = typed.get(name) if name in typed else initial
    return {
        **options,
        "id": options.get("id", name.replace("_", "-")),
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "error": errors.get(options.get("error_name", name), ""),
    }


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture that takes the colour of the text; decoration only, the words stand beside it."""
    return mark_safe(_ICONS.get(name, ""))  # noqa: S308  # from files beside this one, never from outside


@register.simple_tag
def maybe_link(name: str, key: object, text: str) -> SafeString:
    """The text, as a link where that page is there."""
    try:
        return format_html('<a href="{}">{}</a>', reverse(name, args=[key]), text)
    except NoReverseMatch:
        return format_html("{}", text)


@register.simple_tag
def maybe_button(name: str, text: str, *keys: object) -> SafeString:
    """A button to a page, where that page is there; it is tried with the keys, then without."""
    for args in (keys, ()):
        try:
            return format_html('<a class="btn" href="{}">{}</a>', reverse(name, args=args), text)
        except NoReverseMatch:
            continue
    return SafeString("")
