"""The staff list: roles and sign-ins given, changed, renewed and ended."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.test import RequestFactory

from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people import staffing
from liaison.people.models import Staff, StaffRole
from liaison.people.passwords import first_password, stored_first
from liaison.places import actions as places
from liaison.record.models import AuditEntry, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(setup):
    places.add_organization(setup, kind="practice", name="Elm")
    return [places.add_site(setup, name=name, code=name.lower()) for name in ("North", "South")]


@pytest.fixture
def hire(setup, sites):
    def make(role="nurse", family="Cole", username="", **more):
        password = first_password()
        kept = {"username": username, "password": password, "encoded": stored_first(password)} if username else {}
        staff = staffing.add_staff(setup, role=role, family=family, given="Sam", site_id=sites[0].pk, **kept, **more)
        return staff, password

    return make


def let_in(username, password):
    return authenticate(RequestFactory().post("/"), username=username, password=password)


def roles(staff):
    return set(StaffRole.objects.filter(staff=staff, active=True).values_list("site__code", "role"))


def test_a_first_password_lets_in_and_stays_a_first_one_until_its_owner_chooses_another(hire):
    staff, password = hire(username="cole")
    user = let_in("cole", password)
    assert user == staff.user
    user.refresh_from_db()
    assert user.has_first_password
    assert not user.check_password("another-word-9")
    user.set_password("another-word-9")
    assert not user.has_first_password
    assert user.check_password("another-word-9")


def test_first_passwords_differ():
    assert len({first_password() for _ in range(200)}) == 200


def test_a_new_role_holds_at_every_site(hire, setup, sites):
    staff, _ = hire("medical-assistant")
    staffing.add_role(setup, staff.pk, sites[1].pk, "medical-assistant")
    staffing.update_staff(setup, staff.pk, role="nurse", credential=" RN ")
    staff.refresh_from_db()
    assert (staff.role, staff.credential) == ("nurse", "RN")
    assert roles(staff) == {("north", "nurse"), ("south", "nurse")}
    staffing.end_role(setup, staff.pk, sites[1].pk)
    assert roles(staff) == {("north", "nurse")}
    with pytest.raises(Conflict):
        staffing.end_role(setup, staff.pk, sites[0].pk)


def test_another_site_of_ones_own_takes_the_place_of_the_first(hire, setup, sites):
    staff, _ = hire()
    staffing.update_staff(setup, staff.pk, site_id=sites[1].pk)
    assert roles(staff) == {("south", "nurse")}
    staffing.update_staff(setup, staff.pk, site_id=sites[0].pk)
    assert roles(staff) == {("north", "nurse")}


def test_the_same_again_writes_no_new_version(hire, setup):
    staff, _ = hire()
    staffing.update_staff(setup, staff.pk, role="nurse", family="Cole")
    assert Revision.objects.filter(resource_id=staff.pk).count() == 1


@pytest.mark.parametrize(
    ("changed", "field"), [({"role": "boss"}, "role"), ({"role": "system-reader"}, "role"), ({"npi": "12"}, "npi"),
                           ({"family": ""}, "family")]
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(hire, setup, changed, field):
    staff, _ = hire()
    with pytest.raises(Invalid) as refused:
        staffing.update_staff(setup, staff.pk, **changed)
    assert refused.value.field == field
    assert Staff.objects.get(pk=staff.pk).version == 1


def test_a_sign_in_is_given_later_and_renamed(hire, setup):
    staff, _ = hire()
    hire(family="Park", username="park")
    with pytest.raises(Conflict) as taken:
        staffing.give_sign_in(setup, staff.pk, "PARK")
    assert taken.value.field == "username"
    _, password = staffing.give_sign_in(setup, staff.pk, "cole")
    assert let_in("cole", password).has_first_password
    staffing.give_sign_in(setup, staff.pk, "samcole")
    assert let_in("samcole", password)
    assert not let_in("cole", password)


def test_a_new_password_ends_the_old_one_and_the_lost_factor(hire, setup):
    staff, old = hire(username="cole")
    Authenticator.objects.create(user=staff.user, type="totp", data={})
    staffing.new_password(setup, staff.pk)
    assert Authenticator.objects.count() == 1
    new = staffing.new_password(setup, staff.pk, second_factor_lost=True)
    assert not let_in("cole", old)
    assert let_in("cole", new)
    assert not Authenticator.objects.exists()
    entry = AuditEntry.objects.latest("seq")
    assert (entry.reason, entry.entities) == ("new first password", [f"Practitioner/{staff.pk}/_history/3"])


def test_a_new_password_opens_what_wrong_ones_have_locked(hire, setup):
    staff, password = hire(username="cole")
    for _ in range(9):
        let_in("cole", "wrong")
    assert not let_in("cole", password)
    assert let_in("cole", staffing.new_password(setup, staff.pk))


def test_who_leaves_is_let_in_no_more_and_may_come_back(hire, setup):
    staff, password = hire(username="cole")
    staffing.end_staff(setup, staff.pk)
    assert not let_in("cole", password)
    assert roles(staff) == set()
    with pytest.raises(Conflict):
        staffing.new_password(setup, staff.pk)
    _, new = staffing.return_staff(setup, staff.pk)
    assert let_in("cole", new)
    assert not let_in("cole", password)
    assert roles(staff) == {("north", "nurse")}


def test_the_last_office_manager_who_can_sign_in_stays(hire, setup):
    manager, _ = hire("office-manager", "Adler", "adler")
    hire("office-manager", "Shadow")
    for act in (
        lambda: staffing.end_staff(setup, manager.pk),
        lambda: staffing.update_staff(setup, manager.pk, role="biller"),
    ):
        with pytest.raises(Conflict, match="only office manager"):
            act()
    hire("office-manager", "Second", "second")
    staffing.end_staff(setup, manager.pk)
    assert not Staff.objects.get(pk=manager.pk).active


def test_only_the_office_manages_staff(hire, member):
    staff, _ = hire(username="cole")
    nurse = member("nurse")
    for act in (
        lambda: staffing.update_staff(nurse, staff.pk, role="office-manager"),
        lambda: staffing.new_password(nurse, staff.pk),
        lambda: staffing.give_sign_in(nurse, staff.pk, "x"),
        lambda: staffing.end_staff(nurse, staff.pk),
        lambda: staffing.return_staff(nurse, staff.pk),
        lambda: staffing.end_role(nurse, staff.pk, staff.site_id),
    ):
        with pytest.raises(Forbidden):
            act()
