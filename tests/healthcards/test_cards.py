"""SMART Health Cards: what we issue, somebody else's libraries verify."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import BadSignatureError

from liaison.engines import healthcards
from liaison.engines.healthcards import LONGEST, CardDose, Holder, Key, KeyRing
from liaison.engines.healthcards.keys import NotAKey
from tests.healthcards import verifier

pytestmark = pytest.mark.engine

ISSUER = "https://clinic.example.org"
ISSUED = 1_795_300_000
ANA = Holder("Núñez-O’Brien", ("Ana", "Lucía"), date(2021, 3, 4))
FLU = CardDose("150", date(2025, 10, 2), "FL-77A", "Riverside Family Health")
MMR = CardDose("03", date(2022, 3, 10))
KEY = Key.generate()
JWKS = KeyRing(KEY).jwks()


def many(count: int) -> list[CardDose]:
    """Doses that do not look alike, as those of a long life do not."""
    first = date(1990, 1, 5)
    return [
        CardDose(f"{20 + n % 190}", first + timedelta(days=67 * n), f"L{n * 7919:X}Q{n}", f"Clinic {n * 31 % 17}")
        for n in range(count)
    ]


def test_a_card_is_read_from_its_picture_and_verified_by_others() -> None:
    (card,) = healthcards.cards(KEY, ISSUER, ISSUED, ANA, [FLU, MMR])

    (text,) = verifier.scan(healthcards.qr_code(card))
    read = verifier.verify(verifier.from_numeric(text), JWKS)

    assert (read.payload["iss"], read.payload["nbf"]) == (ISSUER, ISSUED)
    patient, oldest, newest = read.entries
    assert patient["name"] == [{"family": "Núñez-O’Brien", "given": ["Ana", "Lucía"]}]
    assert patient["birthDate"] == "2021-03-04"
    assert oldest["vaccineCode"]["coding"][0]["code"] == "03"
    assert oldest["occurrenceDateTime"] == "2022-03-10"
    assert "lotNumber" not in oldest
    assert (newest["lotNumber"], newest["performer"]) == (
        "FL-77A",
        [{"actor": {"display": "Riverside Family Health"}}],
    )


def test_a_changed_card_is_refused() -> None:
    card = healthcards.sign(KEY, ISSUER, ISSUED, ANA, [FLU])
    head, body, signature = card.split(".")
    other = healthcards.sign(KEY, ISSUER, ISSUED, ANA, [FLU, MMR]).split(".")[1]

    with pytest.raises(BadSignatureError):
        verifier.verify(f"{head}.{other}.{signature}", JWKS)
    assert verifier.verify(f"{head}.{body}.{signature}", JWKS)


def test_a_card_of_another_issuers_key_is_refused() -> None:
    card = healthcards.sign(Key.generate(), ISSUER, ISSUED, ANA, [FLU])

    forged = JWKS["keys"][0] | {"kid": json.loads(verifier._bytes(card.split(".")[0]))["kid"]}
    with pytest.raises((BadSignatureError, AssertionError)):
        verifier.verify(card, {"keys": [forged]})


def test_a_long_life_goes_on_several_whole_cards_each_with_its_picture() -> None:
    doses = many(60)
    cards = healthcards.cards(KEY, ISSUER, ISSUED, ANA, doses)

    assert len(cards) > 1
    seen = []
    for card in cards:
        assert len(card) <= LONGEST
        picture = healthcards.qr_code(card)
        assert picture.version <= 22
        (text,) = verifier.scan(picture)
        read = verifier.verify(verifier.from_numeric(text), JWKS)
        seen += [dose["occurrenceDateTime"] for dose in read.doses]
    assert seen == [dose.on.isoformat() for dose in doses]


def test_a_card_longer_than_a_picture_is_not_drawn() -> None:
    card = healthcards.sign(KEY, ISSUER, ISSUED, ANA, many(60))

    assert len(card) > LONGEST
    with pytest.raises(ValueError, match="does not fit"):
        healthcards.qr_code(card)


def test_the_longest_card_fits_the_largest_picture() -> None:
    picture = healthcards.qr_code("e" * LONGEST)

    assert (picture.version, picture.error) == (22, "L")
    assert verifier.scan(picture) == [healthcards.numeric("e" * LONGEST)]


def test_the_file_holds_the_cards() -> None:
    cards = healthcards.cards(KEY, ISSUER, ISSUED, ANA, [FLU])

    assert json.loads(healthcards.card_file(cards)) == {"verifiableCredential": cards}


def test_a_new_key_leaves_old_cards_good_and_keeps_no_old_secret() -> None:
    card = healthcards.sign(KEY, ISSUER, ISSUED, ANA, [FLU])
    ring = KeyRing(KEY).rotated(Key.generate())
    again = KeyRing.read(ring.written())

    assert verifier.verify(card, again.jwks())
    assert verifier.verify(healthcards.sign(again.signing, ISSUER, ISSUED, ANA, [FLU]), again.jwks())
    assert KEY.private()["d"] not in ring.written()
    for key in again.jwks()["keys"]:
        verifier.check_key(key)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"signing": {"kty": "RSA"}, "retired": []}', '{"signing": 1}'])
def test_what_is_no_ring_of_keys_is_refused(text: str) -> None:
    with pytest.raises(NotAKey):
        KeyRing.read(text)


_WORDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=20)
_DOSES = st.lists(
    st.builds(
        CardDose,
        cvx=st.integers(1, 320).map(lambda n: f"{n:02}"),
        on=st.dates(date(1930, 1, 1), date(2026, 11, 22)),
        lot=st.just("") | _WORDS,
        performer=st.just("") | _WORDS,
    ),
    min_size=1,
    max_size=40,
)


@given(doses=_DOSES, family=_WORDS, given_names=st.lists(_WORDS, max_size=3))
def test_no_dose_is_lost_or_changed_on_the_way(doses: list[CardDose], family: str, given_names: list[str]) -> None:
    holder = Holder(family, tuple(given_names), date(1930, 1, 1))
    seen = []
    for card in healthcards.cards(KEY, ISSUER, ISSUED, holder, doses):
        read = verifier.verify(verifier.from_numeric(healthcards.numeric(card)), JWKS)
        seen += [
            CardDose(
                dose["vaccineCode"]["coding"][0]["code"],
                date.fromisoformat(dose["occurrenceDateTime"]),
                dose.get("lotNumber", ""),
                dose["performer"][0]["actor"]["display"] if "performer" in dose else "",
            )
            for dose in read.doses
        ]
    assert sorted(seen, key=repr) == sorted(doses, key=repr)
