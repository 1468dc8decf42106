"""Filters and tags that pages share."""

from django import template

from liaison.kernel import money

register = template.Library()
register.filter("dollars", money.dollars)
