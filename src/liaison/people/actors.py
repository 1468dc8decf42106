"""From a sign-in to an actor."""

from functools import lru_cache

from liaison.people.models import Staff
from liaison.people.roles import ROLES
from liaison.record.actor import Actor


@lru_cache(maxsize=64)
def capabilities_of(role: str) -> frozenset[str]:
    return ROLES[role].capabilities if role in ROLES else frozenset()


def of_staff(staff: Staff, where: str = "") -> Actor:
    """The actor that a member of staff is."""
    return Actor(str(staff.pk), staff.short, staff.role, capabilities_of(staff.role), "staff", where)
