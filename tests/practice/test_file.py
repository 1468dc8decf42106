"""A practice from a file: set up once, brought up to date again, refused as a whole with every error at its place."""

from pathlib import Path

import pytest

from liaison.documents import queries as documents
from liaison.documents.actions import publish
from liaison.kernel.errors import Conflict
from liaison.people import staffing
from liaison.people.models import Staff, User
from liaison.places import actions as places
from liaison.places import queries as where
from liaison.places.models import Organization, Room, Site
from liaison.practice.file import Unsuitable, read
from liaison.practice.set_up import Report, set_up
from liaison.record.actor import machine
from liaison.record.models import Revision
from liaison.rehearsal import clinic
from liaison.schedule.models import ProviderSchedule
from liaison.supplies.models import StorageUnit
from tests.support.environment import REPOSITORY

SETUP = machine("test")
GOOD = (REPOSITORY / "docs/practice.toml").read_text("utf-8")


@pytest.fixture
def run(db, tmp_path):
    """Set the practice up from a text, as the command does."""

    def act(text: str = GOOD, *, trial: bool = False) -> Report:
        file: Path = tmp_path / "mine.toml"
        file.write_text(text, "utf-8")
        return set_up(SETUP, *read(file), trial=trial)

    return act


def versions() -> dict[str, int]:
    return {f"{one.resource_id}": one.version for one in Revision.objects.order_by("version")}


def test_an_empty_home_becomes_the_practice(run):
    report = run()
    assert where.practice().name == "Elm Street Practice"
    assert where.practice().phone == "+13125550100"
    site = Site.objects.get()
    assert [(room.name, room.kind) for room in where.rooms_of(site.pk)][2:] == [("Room 3", "exam"), ("Lab", "lab")]
    assert [one.weekday for one in where.hours_of(site.pk)] == [0, 1, 2, 3, 4, 5]
    assert ProviderSchedule.objects.get().weekly["4"] == [["08:00", "12:00"]]
    assert {staff.role for staff in Staff.objects.all()} >= {"provider", "office-manager", "biller"}
    for name, password in report.passwords:
        user = User.objects.get(username=name)
        assert user.has_first_password
        assert user.check_password(password)
    assert len(report.passwords) == 5
    assert documents.in_force("visit-type", "new-patient").edition == 1


def test_refrigerators_and_freezers_come_from_the_file_too(run):
    report = run()
    units = StorageUnit.objects.order_by("name").values_list("name", "kind", "low_c", "high_c")
    assert list(units) == [("Freezer 1", "freezer", -50, -15), ("Refrigerator 1", "refrigerator", 2, 8)]
    assert "storage unit Freezer 1 of Elm Street" in report.added
    again = run(GOOD.replace('{ name = "Freezer 1", kind = "freezer" }', '{ name = "Freezer 2", kind = "freezer" }'))
    assert again.added == ["storage unit Freezer 2 of Elm Street"]
    assert "storage unit Freezer 1 of Elm Street" in again.only_here
    with pytest.raises(Unsuitable) as refused:
        run(GOOD.replace('kind = "freezer"', 'kind = "icebox"').replace('{ name = "Refrigerator 1", ', "{ "))
    assert [problem.partition(": ")[2] for problem in refused.value.problems] == [
        'sites 1, storage 1, name: It is missing. Write name = "…".',
        "sites 1, storage 2, kind: It is one of: refrigerator, freezer, ultra-cold, room.",
    ]


def test_the_same_file_again_changes_nothing(run):
    run()
    before = versions()
    again = run()
    assert (again.added, again.changed, again.only_here, again.passwords) == ([], [], [], [])
    assert versions() == before


def test_a_trial_tells_and_leaves_everything_as_it_is(run):
    report = run(trial=True)
    assert "site Elm Street" in report.added
    assert report.passwords == []
    assert not Organization.objects.exists()
    assert not User.objects.exists()


def test_what_is_new_is_added_and_what_differs_is_updated(run):
    run()
    more = '\n[[staff]]\nsign_in = "reyes"\nrole = "nurse"\nfamily = "Reyes"\ngiven = "Mia"\nsite = "elm"\n'
    text = GOOD.replace('"Sunrise Health Plan"', '"Sunrise Health"').replace('"Room 3", {', '"Room 3", "Room 4", {')
    text = text.replace('friday = "08:00-12:00"', 'friday = "closed"').replace('saturday = "09:00-12:00"', "")
    report = run(text.replace('role = "biller"', 'role = "front-desk"') + more)
    assert Organization.objects.get(code="SUNCO").name == "Sunrise Health"
    assert "4" not in ProviderSchedule.objects.get().weekly
    assert Staff.objects.get(family="Novak").role == "front-desk"
    assert [name for name, _ in report.passwords] == ["reyes"]
    assert report.added == ["room Room 4 of Elm Street", "Mia Reyes, nurse"]
    assert report.only_here == ["Elm Street, open on Saturday: 9:00–12:00"]
    assert [one.weekday for one in where.hours_of(Site.objects.get().pk)] == [0, 1, 2, 3, 4, 5], "nothing is deleted"


def test_what_the_file_does_not_name_is_told_and_stays(run):
    run()
    site = Site.objects.get()
    places.add_room(SETUP, site_id=site.pk, name="Room 9")
    places.add_organization(SETUP, kind="payer", name="Old Mutual", code="OLDMU")
    staffing.add_staff(SETUP, role="nurse", family="Quiet", given="Quin", site_id=site.pk)
    assert run().only_here == ["payer Old Mutual", "room Room 9 of Elm Street", "Quin Quiet, nurse"]
    assert Room.objects.filter(name="Room 9", active=True).exists()


def test_the_rules_of_a_practice_stay_its_own(run):
    run()
    mine = documents.in_force("visit-type", "follow-up")
    publish(SETUP, kind=mine.kind, key=mine.key, title=mine.title, body={**mine.body, "minutes": 25})
    run()
    assert documents.in_force("visit-type", "follow-up").body["minutes"] == 25


def test_a_sign_in_that_is_named_later_is_given_then(run):
    without = GOOD.replace('sign_in = "cole"\n', "")
    assert len(run(without).passwords) == 4
    report = run()
    assert [name for name, _ in report.passwords] == ["cole"]
    assert Staff.objects.filter(family="Cole").count() == 1


def test_another_sign_in_name_makes_no_second_person(run):
    run()
    with pytest.raises(Unsuitable) as refused:
        run(GOOD.replace('"cole"', '"samcole"'))
    assert "signs in as “cole”" in refused.value.problems[0]
    assert Staff.objects.count() == 5


def test_who_has_left_is_not_brought_back_by_the_file(run):
    run()
    staffing.end_staff(SETUP, Staff.objects.get(family="Cole").pk)
    with pytest.raises(Unsuitable, match="Sam Cole, CMA has left"):
        run()


def test_every_error_is_said_at_its_line_and_nothing_is_done(run):
    text = (
        '[practice]\nname = "X"\nnpi = "1234567890"\nfax = "1"\n'
        '[[sites]]\ncode = "elm"\nzone = "Mars"\nname = "Elm"\nrooms = ["A", "A", 3]\n'
        '[sites.hours]\nweekdays = "18-8"\n'
        '[[staff]]\nrole = "boss"\nfamily = "Q"\ngiven = "R"\nsite = "oak"\n'
    )
    with pytest.raises(Unsuitable) as refused:
        run(text)
    said = refused.value.problems
    assert [line.split(": ")[0] for line in said] == [
        f"mine.toml, line {number}" for number in (3, 4, 7, 9, 9, 11, 13, 16)
    ]
    for number, words in enumerate(
        ("no NPI", "no such entry", "time zone", "another room", "Write a room as", "ends before", "front-desk", "elm")
    ):
        assert words in said[number]
    assert not Organization.objects.exists()


def test_a_refusal_of_the_clinic_itself_is_said_at_its_entry_and_takes_everything_back(run):
    run()
    user = User.objects.create_user("taken", password="a-long-password-9")
    text = GOOD.replace('name = "Elm Street"', 'name = "Elm"')
    text += '\n[[staff]]\nsign_in = "Taken"\nrole = "nurse"\nfamily = "New"\ngiven = "Nia"\nsite = "elm"\n'
    with pytest.raises(Unsuitable, match=r"staff 6.*sign-in name already"):
        run(text)
    assert Site.objects.get().name == "Elm Street"
    assert user.pk


@pytest.mark.parametrize("text", ["[practice", "", "practice = 3\nstaff = 4"])
def test_what_is_no_practice_is_refused(run, text):
    with pytest.raises(Unsuitable, match=r"mine\.toml"):
        run(text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(Unsuitable, match="cannot be read"):
        read(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes('name = "Zoë"'.encode("latin-1"))
    with pytest.raises(Unsuitable, match="UTF-8"):
        read(tmp_path / "latin.toml")


def test_the_sample_clinic_is_no_practice(run):
    facts = clinic.sample("clinic")
    clinic._payers(SETUP, facts)
    with pytest.raises(Conflict, match="sample clinic"):
        run()
