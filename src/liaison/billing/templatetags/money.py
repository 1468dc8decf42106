"""`{% money_tabs %}` and `{% books_tabs %}`: the tabs on top of the pages of money, and of those of the books.

`{% once %}`: the key of a form that moves money, so that a second click moves nothing.
"""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from liaison.billing.pages.tabs import BOOKS, of_request
from liaison.kernel import ids

register = template.Library()


@register.inclusion_tag("billing/tabs.html", takes_context=True)
def money_tabs(context: template.Context) -> dict[str, Any]:
    """The tabs of money for the person who looks."""
    return {"tabs": of_request(context["request"]), "title": "Parts of money"}


@register.inclusion_tag("billing/tabs.html", takes_context=True)
def books_tabs(context: template.Context) -> dict[str, Any]:
    """The tabs of the books for the person who looks."""
    return {"tabs": of_request(context["request"], BOOKS), "title": "Parts of the books", "second": True}


@register.simple_tag
def once() -> SafeString:
    """A hidden field with a key of its own for each time the form is shown."""
    return format_html('<input type="hidden" name="once" value="{}">', ids.new_id())
