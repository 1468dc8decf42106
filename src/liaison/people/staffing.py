"""What may be done with the staff list."""

from typing import Any
from uuid import UUID

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Staff, StaffRole, User
from liaison.people.roles import ROLES
from liaison.places.npi import check_npi
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check, tidy


def add_staff(
    actor: Actor,
    *,
    role: str,
    family: str,
    given: str,
    site_id: UUID | None = None,
    username: str = "",
    password: str = "",
    encoded: str = "",
    **more: Any,
) -> Staff:
    """Add a member of staff in a role of `people.roles`, with a sign-in when `username` is given.

    `encoded` is the password as Django stores it, where many share one: to derive it takes a third of a second.
    `more`: credential, npi, taxonomy. Raises Invalid for an unknown role, a bad NPI or a weak password, Conflict for
    a taken sign-in.
    """
    with change(actor, "people.staff") as this:
        _check_role(role)
        staff = Staff(role=role, family=family, given=given, site_id=site_id, **more)
        check(staff)
        check_npi(staff.npi)
        if tidy(username):
            staff.user = _sign_in(tidy(username), password, encoded)
        this.save(staff)
        if site_id is not None:
            this.save(StaffRole(staff=staff, site_id=site_id, role=role))
        return staff


def add_role(actor: Actor, staff_id: UUID, site_id: UUID, role: str) -> StaffRole:
    """Say that somebody also works in a role at another site."""
    with change(actor, "people.staff") as this:
        _check_role(role)
        there = StaffRole.objects.filter(staff_id=staff_id, site_id=site_id, role=role).first()
        if there is None:
            return this.save(StaffRole(staff_id=staff_id, site_id=site_id, role=role))
        if not there.active:
            there.active = True
            this.save(there, "active")
        return there


def end_staff(actor: Actor, staff_id: UUID) -> Staff:
    """Take somebody off the staff list: the sign-in ends, what they did stays under their name."""
    with change(actor, "people.staff") as this:
        staff = Staff.objects.select_for_update(of=("self",)).select_related("user").filter(pk=staff_id).first()
        if staff is None:
            raise NotFound("no-staff", "There is nobody like that on the staff list.")
        if staff.user is not None and staff.user.is_active:
            staff.user.is_active = False
            staff.user.save(update_fields=["is_active"])
        for role in StaffRole.objects.filter(staff_id=staff_id, active=True):
            role.active = False
            this.save(role, "active")
        if staff.active:
            staff.active = False
            this.save(staff, "active")
        return staff


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Invalid("no-role", f"Choose one of the roles: {', '.join(ROLES)}.", "role")


def _sign_in(username: str, password: str, encoded: str) -> User:
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict("username-taken", "Somebody has this sign-in name already. Choose another.", "username")
    user = User(username=username)
    try:
        user.clean_fields(exclude=["password"])
        password_validation.validate_password(password, user)
    except ValidationError as problem:
        weak = not hasattr(problem, "error_dict")
        raise Invalid("bad-sign-in", " ".join(problem.messages), "password" if weak else "username")
    user.password = encoded or make_password(password)
    user.save()
    return user
