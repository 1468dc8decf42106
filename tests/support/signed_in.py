"""Browsers without a window: Django's test client, signed in as a member of staff of a test's practice."""

from django.test import Client

from liaison.people.models import Staff, User
from liaison.record.actor import Actor, machine
from liaison.record.change import change

PASSWORD = "maple-and-oak-7"


def user_of(actor: Actor) -> User:
    """The sign-in of a member of staff, made when there is none."""
    staff = Staff.objects.select_related("user").get(pk=actor.id)
    if staff.user is None:
        with change(machine("test"), "people.staff") as this:
            staff.user = User.objects.create_user(f"{staff.given}.{staff.family}".lower(), password=PASSWORD)
            this.save(staff, "user")
    return staff.user


def client_of(actor: Actor, *, htmx: bool = False) -> Client:
    """A client signed in as `actor`; with `htmx` it asks for fragments."""
    client = Client(headers={"HX-Request": "true"} if htmx else None)
    client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
    return client
