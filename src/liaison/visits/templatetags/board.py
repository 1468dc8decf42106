"""The card of a visit. Drawn by hand: a board has up to 200, and a template takes ten times as long for each."""

import json
from functools import lru_cache
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from liaison.visits.board import Action, Card, Tag

register = template.Library()
_NOBODY = UUID(int=0)


@register.simple_tag
def visit_card(card: Card) -> SafeString:
    """One visit: who, when, why, what to heed, how long it waits, and the one next action."""
    url = _url("visit", card.visit_id)
    at = f"<time>{card.starts_at:%-H:%M}</time>" if card.starts_at else ""
    about = " · ".join(filter(None, (f"{card.age} {card.sex}", card.provider, card.reason or card.visit_type)))
    tags = "".join(_tag(tag) for tag in ((Tag(card.room),) if card.room else ()) + card.tags)
    tags = f'<div class="tags">{tags}</div>' if tags else ""
    return mark_safe(  # noqa: S308  # every value that comes from a row is escaped
        f'<article class="visit card" id="v-{card.visit_id}" data-card>'
        f'<header><a href="{url}" data-opener>{escape(card.name)}</a>{at}</header><p>{escape(about)}</p>'
        f'{tags}<footer><span class="timer {card.level}" style="--p:{card.share}">{escape(card.timer)}</span>'
        f"{_button(card)}</footer></article>"
    )


def _tag(tag: Tag) -> str:
    more = f' title="{escape(tag.more)}"' if tag.more else ""
    return f'<span class="tag {tag.tone}"{more}>{escape(tag.text)}</span>'


def _button(card: Card) -> str:
    act: Action = card.action
    look = "btn go" if act.mine and card.level else "btn"
    label = escape(act.label)
    url = _url(act.url_name, card.visit_id)
    if act.method == "get":
        return f'<a class="{look}" href="{url}" aria-label="{label}: {escape(card.name)}">{label}</a>'
    values = f' hx-vals="{escape(json.dumps(act.data))}"' if act.data else ""
    said = f'aria-label="{label}: {escape(card.name)}"'
    return (
        f'<button class="{look}" hx-post="{url}"{values} hx-swap="none" hx-disabled-elt="this" {said}>{label}</button>'
    )


@lru_cache(maxsize=64)
def _pattern(name: str) -> str:
    return reverse(name, args=[_NOBODY])


def _url(name: str, visit_id: UUID) -> str:
    return _pattern(name).replace(str(_NOBODY), str(visit_id))
