"""Sign-in is for staff whom the office manager has added; nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url

from liaison.people.models import User


class StaffOnly(DefaultAccountAdapter):
    """allauth's adapter with self-registration closed, and first passwords that are changed at once."""

    def clean_password(self, password: str, user: User | None = None) -> Any:
        """Refuse the first password of the office as the one that its owner chooses."""
        if user is not None and user.has_first_password and user.check_password(password):
            raise ValidationError("This is the password that the office gave you. Choose another one.")
        return super().clean_password(password, user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After choosing a password, on to the work."""
        return resolve_url("today")

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
