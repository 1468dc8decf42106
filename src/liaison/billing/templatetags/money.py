"""`{% money_tabs %}` and `{% books_tabs %}`: the tabs on top of the pages of money, and of those of the books."""

from typing import Any

from django import template

from liaison.billing.pages.tabs import BOOKS, of_request

register = template.Library()


@register.inclusion_tag("billing/tabs.html", takes_context=True)
def money_tabs(context: template.Context) -> dict[str, Any]:
    """The tabs of money for the person who looks."""
    return {"tabs": of_request(context["request"]), "title": "Parts of money"}


@register.inclusion_tag("billing/tabs.html", takes_context=True)
def books_tabs(context: template.Context) -> dict[str, Any]:
    """The tabs of the books for the person who looks."""
    return {"tabs": of_request(context["request"], BOOKS), "title": "Parts of the books", "second": True}
