"""Sign-in is for staff whom the office manager has added; nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):
    """allauth's adapter with self-registration closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
