"""What may be done with the staff list: who works here, in which role, and how they sign in."""

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from axes import utils as axes
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Staff, StaffRole, User
from liaison.people.passwords import first_password, stored_first
from liaison.people.roles import STAFF_ROLES
from liaison.places.npi import check_npi
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check, tidy

_MANAGER = "office-manager"


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


def end_role(actor: Actor, staff_id: UUID, site_id: UUID) -> None:
    """Say that somebody works no longer at a site other than their own."""
    with change(actor, "people.staff") as this:
        staff = _locked(staff_id)
        if staff.site_id == site_id:
            raise Conflict("own-site", "Give them another site of their own first.", "site")
        for role in StaffRole.objects.filter(staff_id=staff_id, site_id=site_id, active=True):
            role.active = False
            this.save(role, "active")


def update_staff(actor: Actor, staff_id: UUID, **fields: Any) -> Staff:
    """Change somebody's `role`, `site_id`, family, given, credential, npi or taxonomy; the same again changes nothing.

    A new role holds at each of their sites, from their next page on. Raises Conflict where nobody would be left to
    manage the staff.
    """
    with change(actor, "people.staff") as this:
        staff = _locked(staff_id)
        before = {name: getattr(staff, name) for name in fields}
        role, site_id = staff.role, staff.site_id
        for name, value in fields.items():
            setattr(staff, name, value)
        if staff.role != role:
            _check_role(staff.role)
            if role == _MANAGER:
                _leave_a_manager(staff)
        check(staff)
        check_npi(staff.npi)
        if any(getattr(staff, name) != value for name, value in before.items()):
            this.save(staff, *(name.removesuffix("_id") for name in fields))
        if staff.active and (staff.role, staff.site_id) != (role, site_id):
            _set_roles(this, staff, role, site_id)
        return staff


def _set_roles(this: Change, staff: Staff, old_role: str, old_site: UUID | None) -> None:
    """Let the roles at sites follow a new role or a new site of one's own."""
    there = list(StaffRole.objects.select_for_update().filter(staff_id=staff.pk))
    sites = {one.site_id for one in there if one.active and one.role == old_role and one.site_id != old_site}
    if staff.site_id is not None:
        sites.add(staff.site_id)
    wanted = {(site_id, staff.role) for site_id in sites}
    for one in there:
        held = (one.site_id, one.role) in wanted
        wanted.discard((one.site_id, one.role))
        if one.active != held:
            one.active = held
            this.save(one, "active")
    for site_id, role in sorted(wanted):
        this.save(StaffRole(staff=staff, site_id=site_id, role=role))


def give_sign_in(actor: Actor, staff_id: UUID, username: str) -> tuple[Staff, str]:
    """Give somebody a sign-in, or another name for it; with a new one, the first password (else nothing)."""
    with change(actor, "people.staff") as this:
        staff = _locked(staff_id)
        name = tidy(username)
        if not name:
            raise Invalid("no-username", "Type a name to sign in with.", "username")
        if staff.user is None:
            password = first_password()
            staff.user = _sign_in(name, password, stored_first(password))
            this.save(staff, "user")
            return staff, password
        if staff.user.username != name:
            _check_username(User(username=name), besides=staff.user.pk)
            staff.user.username = name
            staff.user.save(update_fields=["username"])
            this.save(staff)
        return staff, ""


def new_password(actor: Actor, staff_id: UUID, *, second_factor_lost: bool = False) -> str:
    """A new first password for somebody who has lost theirs; they are signed out everywhere, and no longer locked out.

    `second_factor_lost` takes their second factors away too. Raises Conflict for who has no sign-in, or has left.
    """
    with change(actor, "people.staff", reason="new first password") as this:
        staff = _locked(staff_id)
        if staff.user is None or not staff.active:
            raise Conflict("no-sign-in", f"{staff.short} has no sign-in. Give them one first.", "username")
        password = first_password()
        staff.user.password = stored_first(password)
        staff.user.save(update_fields=["password"])
        if second_factor_lost:
            Authenticator.objects.filter(user=staff.user).delete()
        axes.reset(username=staff.user.username)
        this.save(staff)  # so that the audit log says whose
        return password


def end_staff(actor: Actor, staff_id: UUID) -> Staff:
    """Take somebody off the staff list: the sign-in ends, what they did stays under their name.

    Raises Conflict where nobody would be left to manage the staff.
    """
    with change(actor, "people.staff") as this:
        staff = _locked(staff_id)
        if staff.active and staff.role == _MANAGER:
            _leave_a_manager(staff)
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


def return_staff(actor: Actor, staff_id: UUID) -> tuple[Staff, str]:
    """Take somebody back onto the staff list, in the role they had; with a sign-in, its new first password."""
    with change(actor, "people.staff") as this:
        staff = _locked(staff_id)
        if staff.active:
            return staff, ""
        staff.active = True
        this.save(staff, "active")
        _set_roles(this, staff, staff.role, staff.site_id)
        if staff.user is None:
            return staff, ""
        staff.user.is_active = True
        staff.user.save(update_fields=["is_active"])
        return staff, new_password(actor, staff_id)


def _locked(staff_id: UUID) -> Staff:
    staff = Staff.objects.select_for_update(of=("self",)).select_related("user").filter(pk=staff_id).first()
    if staff is None:
        raise NotFound("no-staff", "There is nobody like that on the staff list.")
    return staff


def _leave_a_manager(leaving: Staff) -> None:
    """Raises Conflict when nobody else could let people in."""
    others = Staff.objects.filter(role=_MANAGER, active=True, user__is_active=True).exclude(pk=leaving.pk)
    if leaving.user is not None and not others.exists():
        raise Conflict(
            "last-manager",
            f"{leaving.short} is the only office manager who can sign in. Add another one first.",
            "role",
        )


def _check_role(role: str) -> None:
    if role not in STAFF_ROLES:
        raise Invalid("no-role", f"Choose one of the roles: {', '.join(STAFF_ROLES)}.", "role")


def _check_username(user: User, besides: int = 0) -> None:
    if User.objects.filter(username__iexact=user.username).exclude(pk=besides).exists():
        raise Conflict("username-taken", "Somebody has this sign-in name already. Choose another.", "username")
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as problem:
        raise Invalid("bad-sign-in", " ".join(problem.messages), "username")


def _sign_in(username: str, password: str, encoded: str) -> User:
    user = User(username=username)
    _check_username(user)
    try:
        password_validation.validate_password(password, user)
    except ValidationError as problem:
        raise Invalid("bad-sign-in", " ".join(problem.messages), "password")
    user.password = encoded or make_password(password)
    user.save()
    return user
