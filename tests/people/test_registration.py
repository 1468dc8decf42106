"""Registering patients: what is taken, what is refused, and the warning before a second record of one person."""

from datetime import UTC, datetime

import pytest

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people import actions, queries
from liaison.people.actions import PossibleDuplicate
from liaison.people.models import NameVariant, Patient
from liaison.record.actor import machine
from liaison.record.models import AuditEntry, Revision
from liaison.record.promises import broken

SETUP = machine("test")
DANA = {"family": "Whitfield", "given": "Dana", "birth_date": "1955-03-04", "sex": "female"}


def test_the_first_patients_get_the_first_mrns_and_a_telephone_in_one_form(db, desk):
    dana = actions.register(desk, **DANA, phone="(312) 555-0142")
    otto = actions.register(desk, family="Brandt", given="Otto", birth_date="1948-01-02", sex="male")
    assert [dana.mrn, otto.mrn] == ["000001", "000002"]
    assert dana.phone == "+13125550142"
    assert broken() == {}


def test_names_are_tidied_and_written_as_they_are(register):
    patient = register("  Núñez-O’Brien ", "José\tMaría\x00")
    assert (patient.family, patient.given) == ("Núñez-O’Brien", "José María")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family": " "}, "family"),
        ({"family": "…"}, "family"),
        ({"birth_date": "3/4/55"}, "birth_date"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"birth_date": "1890-01-01"}, "birth_date"),
        ({"birth_country": "XX"}, "birth_country"),
        ({"multiple_birth_order": "twin"}, "multiple_birth_order"),
        ({"sex": "yes"}, "sex"),
        ({"phone": "555"}, "phone"),
        ({"phone": "call my sister"}, "phone"),
        ({"phone_alt": "0"}, "phone_alt"),
        ({"email": "dana at home"}, "email"),
        ({"family": "x" * 101}, "family"),
        ({"deceased_on": "1950-01-01"}, "deceased_on"),
        ({"contacts": [{"name": "", "phone": "312 555 0100"}]}, "contacts"),
        ({"contacts": "Otto"}, "contacts"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_written(db, desk, wrong, field):
    with clock.at(datetime(2026, 11, 21, 15, tzinfo=UTC)), pytest.raises(Invalid) as refused:
        actions.register(desk, **(DANA | wrong))
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")
    assert Patient.objects.count() == AuditEntry.objects.count() == Revision.objects.count() == 0


def test_somebody_born_today_is_taken(db, desk):
    with clock.at(datetime(2026, 11, 21, 15, tzinfo=UTC)):
        assert actions.register(desk, **(DANA | {"birth_date": "2026-11-21"})).mrn == "000001"


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"family": "Whitfeild"}, "same birth date, similar name"),
        ({"family": "Dana", "given": "Whitfield"}, "same birth date, same name"),
        ({"given": "Danna", "birth_date": "1955-04-03", "phone": "312 555 0142"}, "same telephone, similar name"),
    ],
)
def test_a_second_record_of_one_person_is_warned_of_and_possible(db, desk, second, why):
    first = actions.register(desk, **DANA, phone="312-555-0142")
    with pytest.raises(PossibleDuplicate) as refused:
        actions.register(desk, **(DANA | second))
    assert refused.value.candidates == [(first, why)]
    assert actions.register(desk, **(DANA | second), despite_duplicates=True).mrn == "000002"


@pytest.mark.parametrize(
    "other",
    [
        {"family": "Okonkwo", "given": "Ada"},  # born the same day
        {"given": "Otto", "birth_date": "1948-01-02", "phone": "312 555 0142"},  # the husband, one telephone
        {"birth_date": "1990-07-07"},  # the same name
    ],
)
def test_another_person_is_registered_without_a_warning(db, desk, other):
    actions.register(desk, **DANA, phone="312-555-0142")
    assert actions.register(desk, **(DANA | other)).mrn == "000002"


def test_a_change_writes_what_differs_and_is_found_under_the_new_name(register, desk):
    dana = register("Whitfield", "Dana")
    assert actions.update(desk, dana.pk, city="Chicago", family="Whitfield").version == 2
    assert actions.update(desk, dana.pk, city="Chicago").version == 2
    actions.update(desk, dana.pk, family="Brandt")
    assert queries.search(desk, "brandt dana") == [dana]
    assert queries.search(desk, "whitfield") == []
    assert broken() == {}


def test_changes_are_refused_like_registrations(register, desk):
    dana = register("Whitfield", "Dana")
    with pytest.raises(Invalid):
        actions.update(desk, dana.pk, birth_date="2130-01-01")
    with pytest.raises(TypeError):
        actions.update(desk, dana.pk, mrn="7")
    with pytest.raises(NotFound):
        actions.update(desk, AuditEntry.objects.latest("seq").id, city="X")
    assert Patient.objects.get(pk=dana.pk).version == 1


def test_words_are_learned_once_however_many_bear_them(register):
    register("Whitfield", "Dana")
    known = NameVariant.objects.count()
    register("Whitfield", "Dana", born="1990-01-01")
    assert NameVariant.objects.count() == known


def test_coverage_is_billed_in_order_and_ends(register, payer, desk):
    dana = register("Whitfield", "Dana")
    first = actions.add_coverage(desk, dana.pk, payer_id=payer.pk, member_id=" A1 ", copay_cents=2500)
    second = actions.add_coverage(desk, dana.pk, payer_id=payer.pk, member_id="B2")
    assert [(one.member_id, one.position) for one in queries.coverages_of(dana.pk)] == [("A1", 1), ("B2", 2)]
    with pytest.raises(Conflict):
        actions.add_coverage(desk, dana.pk, payer_id=payer.pk, member_id="C3", position=2)
    actions.end_coverage(desk, first.pk, datetime(2020, 1, 1, tzinfo=UTC).date())
    assert queries.coverages_of(dana.pk) == [second]
    assert actions.add_coverage(desk, dana.pk, payer_id=payer.pk, member_id="C3", position=1).position == 1


def test_coverage_is_refused_with_a_sentence(register, payer, desk):
    dana = register("Whitfield", "Dana")
    for wrong, field in (
        ({"member_id": " "}, "member_id"),
        ({"relationship": "child"}, "subscriber_family"),
        ({"starts": "2026-02-01", "ends": "2026-01-01"}, "ends"),
        ({"payer_id": dana.pk}, "payer"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.add_coverage(desk, dana.pk, **({"payer_id": payer.pk, "member_id": "A1"} | wrong))
        assert refused.value.field == field
    assert queries.coverages_of(dana.pk) == []


def test_consents_are_missing_until_signed_and_again_with_a_new_edition(register, consent_forms, desk):
    from liaison.documents.actions import publish

    dana = register("Whitfield", "Dana")
    assert {form.key for form in queries.missing_consents(dana.pk)} == {"treatment", "privacy-notice"}
    with pytest.raises(Invalid):
        actions.sign_consent(desk, dana.pk, key="treatment", signed_by="")
    with pytest.raises(NotFound):
        actions.sign_consent(desk, dana.pk, key="dance", signed_by="Dana Whitfield")
    actions.sign_consent(desk, dana.pk, key="treatment", signed_by="Dana Whitfield")
    assert [form.key for form in queries.missing_consents(dana.pk)] == ["privacy-notice"]
    publish(SETUP, kind="consent", key="treatment", title="Treatment", body={"text": "I agree anew."})
    assert {form.key for form in queries.missing_consents(dana.pk)} == {"treatment", "privacy-notice"}


def test_staff_sign_in_under_their_own_name(db, desk):
    assistant = actions.add_staff(
        SETUP,
        role="medical-assistant",
        family="Whitfield",
        given="Dana",
        credential="CMA",
        username="dana",
        password="rather-long-1",
    )
    assert assistant.user is not None
    assert assistant.user.check_password("rather-long-1")
    for wrong, field in (
        ({"username": "Dana", "password": "rather-long-1"}, "username"),
        ({"username": "kim", "password": "short"}, "password"),
        ({"role": "wizard"}, "role"),
        ({"npi": "1"}, "npi"),
    ):
        with pytest.raises((Invalid, Conflict)) as refused:
            actions.add_staff(SETUP, **({"role": "front-desk", "family": "Lee", "given": "Kim"} | wrong))
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        actions.add_staff(desk, role="provider", family="Me", given="Too")
    actions.end_staff(SETUP, assistant.pk)
    assistant.user.refresh_from_db()
    assert not assistant.user.is_active
