"""The words by which search finds a patient, and what each may be misspelled as."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice

import jellyfish

from liaison.kernel.names import fold
from liaison.people.models import NameKey, NameVariant, Patient
from liaison.record.change import Change

LONGEST = 59
SOUND = "~"
PHONE = "#"
IDENTIFIER = "="
_LONGEST_IDENTIFIER = 40
_SHORTEST_MISSPELLED = 4
_CHUNK = 500


def words_of(patient: Patient) -> set[str]:
    """The folded words of a patient's names; one of several words also as one (`delacruz`), telephones and identifiers.

    A telephone is kept as `#` and its digits from the last to the first, so that its end is found as a beginning.
    """
    words: set[str] = set()
    for name in (patient.family, patient.given, patient.preferred):
        parts = fold(name).split()
        words.update(parts)
        if 1 < len(parts) <= 3:
            words.add("".join(parts))
    joined = fold(patient.family + patient.given)
    if any(ord(letter) >= 0x2E80 for letter in joined):  # scripts that write a whole name without a space
        words.add(joined.replace(" ", ""))
    words.update(phone_key(phone) for phone in (patient.phone, patient.phone_alt) if phone)
    words.update(
        identifier_key(one["system"], one["value"])
        for one in patient.identifiers
        if one.get("system") and one.get("value")
    )
    return {word[:LONGEST] for word in words}


def phone_key(digits: str) -> str:
    """The end of a telephone number as it stands in the index."""
    return PHONE + "".join(c for c in reversed(digits) if c.isdigit())


def identifier_key(system: str, value: str) -> str:
    """An identifier of another system as the index has it; without a system, the beginning that all such share."""
    mark = hashlib.sha256(system.encode()).hexdigest()[:8] if system else ""
    return f"{IDENTIFIER}{value[:_LONGEST_IDENTIFIER]}|{mark}"


def deletions(word: str) -> set[str]:
    """The word with one letter left out, each letter in turn.

    Two words that differ by a letter too many, missing, wrong or swapped share one, or one is the other's.
    """
    return {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) >= _SHORTEST_MISSPELLED else set()


def sound(word: str) -> str:
    """How a word sounds, marked with `~`; empty for other scripts and for words too short to tell apart."""
    latin = "".join(c for c in unicodedata.normalize("NFKD", word) if c.isascii() and c.isalpha())
    heard = jellyfish.metaphone(latin) if latin else ""
    return SOUND + heard.replace(" ", "") if len(heard) >= 2 else ""


def variants_of(word: str) -> set[str]:
    """What a word may have been typed as, the word itself among it."""
    return {variant for variant in {word, sound(word), *deletions(word)} if variant}


def index(this: Change, patients: Iterable[Patient]) -> None:
    """Bring the index up to date with the patients' names, in few queries however many they are."""
    rest = iter(patients)
    while some := list(islice(rest, _CHUNK)):
        _index(this, some)


def _index(this: Change, patients: Sequence[Patient]) -> None:
    wanted = {(patient.pk, word) for patient in patients for word in words_of(patient)}
    known = [patient.pk for patient in patients if patient.version > 1]
    for key in NameKey.objects.filter(patient_id__in=known) if known else ():
        if (key.patient_id, key.word) in wanted:
            wanted.remove((key.patient_id, key.word))
        else:
            this.remove(key)
    this.save_new(NameKey(patient_id=patient_id, word=word) for patient_id, word in sorted(wanted))
    _learn(this, {word for _, word in wanted if word[0] not in (PHONE, IDENTIFIER)})


def _learn(this: Change, words: set[str]) -> None:
    """Add the misspellings of words that no name had before."""
    known = set(NameVariant.objects.filter(word__in=words).values_list("word", flat=True)) if words else words
    # Sorted, so that two registrations at once wait for each other in one order; both may learn the same word.
    pairs = sorted((variant, word) for word in words - known for variant in variants_of(word))
    this.save_new([NameVariant(variant=variant, word=word) for variant, word in pairs], keep_existing=True)
