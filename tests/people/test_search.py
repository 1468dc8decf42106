"""Finding a patient by whatever somebody has at hand."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given as with_any
from hypothesis import strategies as st

from liaison.kernel import clock
from liaison.kernel.errors import Forbidden
from liaison.people.names_index import deletions, sound
from liaison.people.queries import search
from liaison.people.search import parse
from liaison.record.actor import Actor
from liaison.record.models import AuditEntry


@pytest.fixture
def town(register):
    """Dana Whitfield and others who are easily taken for one another."""
    return {
        "dana": register("Whitfield", "Dana", phone="(312) 555-0142", preferred="Dee"),
        "otto": register("Brandt", "Otto", born="1948-01-02", sex="male", phone="312 555 0199"),
        "jose": register("Núñez-O’Brien", "José María", born="1990-12-24", phone_alt="+44 20 7946 0958"),
        "ana": register("de la Cruz", "Ana", born="2001-02-03"),
        "xiuying": register("王", "秀英", born="1972-08-08"),
        "olena": register("Шевченко", "Олена", born="1983-05-05"),
        "mono": register("Sukarno", born="1966-06-06", identifiers=[{"system": "urn:old:mrn", "value": "A-77"}]),
        "li": register("Li", "Wei", born="1999-09-09"),
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Whitfield, Dana", "dana"),
        ("dana whitfield", "dana"),
        ("DANA WHIT", "dana"),
        ("dee whitfield", "dana"),
        ("whitfeild dana", "dana"),  # swapped
        ("witfield", "dana"),  # one letter missing
        ("whittfield dana", "dana"),  # one too many
        ("whitfield dama", "dana"),  # one wrong
        ("wheetfield", "dana"),  # as it sounds
        ("whit field", "dana"),
        ("1955-03-04", "dana"),
        ("3/4/1955", "dana"),
        ("03-04-1955", "dana"),
        ("03041955", "dana"),
        ("whitfeild 3/4/55", "dana"),
        ("3/4/55 dana", "dana"),
        ("brandt 1/2/48", "otto"),
        ("3125550142", "dana"),
        ("(312) 555-0142", "dana"),
        ("+1 312 555 0142", "dana"),
        ("555-0142", "dana"),
        ("0142", "dana"),
        ("7946 0958", "jose"),
        ("000001", "dana"),
        ("MRN 1", "dana"),
        ("#2", "otto"),
        ("nunez", "jose"),
        ("obrien jose", "jose"),
        ("o’brien", "jose"),
        ("maria nunez", "jose"),
        ("de la cruz", "ana"),
        ("delacruz ana", "ana"),
        ("王秀英", "xiuying"),
        ("秀英", "xiuying"),
        ("шевченко", "olena"),
        ("шевчено олена", "olena"),
        ("sukarno", "mono"),
        ("li wei", "li"),
    ],
)
def test_the_one_meant_comes_first(town, desk, typed, meant):
    with clock.at(datetime(2026, 11, 21, 15, tzinfo=UTC)):
        found = search(desk, typed)
    assert found, typed
    assert found[0] == town[meant]


@pytest.mark.parametrize(
    "typed", ["", "   ", "zzyzx", "1/1/1901", "999-999-9999", "999999", "%", "' or 1=1", "\x00", "…"]
)
def test_who_is_not_here_is_not_found(town, desk, typed):
    assert search(desk, typed) == []


def test_a_name_with_another_birth_date_still_shows_the_name(town, desk):
    assert search(desk, "whitfield dana 1/1/1950")[0] == town["dana"]


def test_the_exact_name_stands_before_its_like(register, desk):
    other = register("Whitfeild", "Dana", born="1960-01-01")
    dana = register("Whitfield", "Dana")
    assert search(desk, "whitfield dana") == [dana, other]
    assert search(desk, "whitfeild dana") == [other, dana]


def test_who_is_no_longer_a_patient_stands_last(register, desk):
    gone = register("Abel", "Ann", active=False)
    here = register("Abel", "Zoe")
    assert search(desk, "abel") == [here, gone]


def test_no_more_than_asked_for(register, desk):
    for number in range(8):
        register("Garcia", f"Ana{number}")
    assert len(search(desk, "garcia", limit=3)) == 3


@pytest.mark.parametrize(
    "typed", ["whitfeild dana", "3/4/1955", "555-0142", "whitfield", "0142", "whit field dana 3/4/55"]
)
def test_a_search_takes_few_queries(town, desk, typed, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        search(desk, typed)


def test_the_audit_log_names_what_was_searched_by_and_never_the_value(town, desk):
    search(desk, "whitfeild 3/4/1955 312 555 0142")
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.actor_id, entry.write) == ("search", desk.id, False)
    assert entry.entities == ["name", "birth date", "phone"]
    assert "hitf" not in str(entry.__dict__)


def test_who_may_not_search_finds_nobody(town):
    with pytest.raises(Forbidden):
        search(Actor("1", "Guest", "guest", frozenset()), "whitfield")


def test_two_digits_of_a_year_mean_the_last_such_year():
    with clock.at(datetime(2026, 11, 21, 15, tzinfo=UTC)):
        assert parse("1/2/26").dates == [date(2026, 1, 2)]
        assert parse("1/2/27").dates == [date(1927, 1, 2)]
        assert parse("12/31/26").dates == [date(1926, 12, 31)]
        assert parse("2/29/00").dates == [date(2000, 2, 29)]
        assert parse("13/40/1955").dates == []


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzßñ", min_size=4, max_size=12)


@with_any(WORD, st.data())
def test_every_word_with_one_letter_amiss_leads_back_to_it(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("aeikz"))
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    for typed in (word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped):
        assert {typed, *deletions(typed)} & {word, *deletions(word)}
    shorter = word[:at] + word[at + 1 :]
    assert {shorter, *deletions(shorter)} & {word, *deletions(word)}


@with_any(st.text(max_size=60))
def test_any_text_is_understood_somehow(text):
    parse(text)
    sound(text)
