"""`{% money_tabs %}`: the tabs on top of every page of money."""

from typing import Any

from django import template

from liaison.billing.pages.tabs import of_request

register = template.Library()


@register.inclusion_tag("billing/tabs.html", takes_context=True)
def money_tabs(context: template.Context) -> dict[str, Any]:
    """The tabs of money for the person who looks."""
    return {"tabs": of_request(context["request"]), "title": "Parts of money"}
