"""Find a patient by what somebody has at hand: names in any order, misspelled too, birth date, telephone, MRN."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from rapidfuzz import fuzz

from liaison.kernel.names import fold
from liaison.people.checks import OLDEST_YEARS, today
from liaison.people.models import NameKey, NameVariant, Patient
from liaison.people.names_index import LONGEST, SOUND, identifier_key, phone_key, variants_of

_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_US = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s().-]{5,}\d(?!\w)")
_NUMBER = re.compile(r"(?<!\w)#?(\d{1,12})(?!\w)")
_LAST = "\U0010ffff"
_CANDIDATES = 120
_ENOUGH = 5
_ALIKE = 62.0  # of 100: below it a word is another name
_SOUNDS_SO = 8.0
_PAIRS = 2000
_WORDS = 5
_TYPED_WHOLE = 5  # letters from which on a word that is like others is hardly a beginning
_COLUMNS = ("pk", "active", "family", "given", "preferred", "birth_date")


@dataclass
class Terms:
    """What a search text asks for."""

    words: list[str] = field(default_factory=list)
    dates: list[date] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """What was searched by, for the audit log: never the values."""
        named = (("name", self.words), ("birth date", self.dates), ("phone", self.phones), ("MRN", self.numbers))
        return [kind for kind, values in named if values]


def parse(text: str) -> Terms:
    """Tell the dates, telephones, numbers and words of a search text apart."""
    terms = Terms()
    rest = text[:200]
    for pattern, order in ((_ISO, (0, 1, 2)), (_US, (2, 0, 1))):
        for match in pattern.finditer(rest):
            year, month, day = (match.groups()[place] for place in order)
            terms.dates += _dates(year, int(month), int(day))
        rest = pattern.sub(" ", rest)
    for match in _PHONE.finditer(rest):
        digits = "".join(c for c in match.group() if c.isascii() and c.isdigit())
        terms.phones.append(digits)
        if len(digits) == 8:
            terms.dates += _compact(digits)
    rest = _PHONE.sub(" ", rest)
    terms.numbers = [match.group(1) for match in _NUMBER.finditer(rest) if match.group(1).isascii()]
    words = [word[:LONGEST] for word in fold(_NUMBER.sub(" ", rest)).split()]
    terms.words = [word for word in dict.fromkeys(words) if word != "mrn"][:_WORDS]
    return terms


def _dates(year: str, month: int, day: int) -> list[date]:
    """The birth date meant; two digits of a year mean the last such year that is not in the future."""
    full = int(year)
    if len(year) == 2:
        full += today().year // 100 * 100
        if _date(full, month, day) is None or (_date(full, month, day) or today()) > today():
            full -= 100
    meant = _date(full, month, day)
    return [meant] if meant else []


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _compact(digits: str) -> list[date]:
    """`19550304` and `03041955` as the dates they may be."""
    both = (
        _date(int(digits[:4]), int(digits[4:6]), int(digits[6:])),
        _date(int(digits[4:]), int(digits[:2]), int(digits[2:4])),
    )
    return [day for day in both if day and today().year - OLDEST_YEARS <= day.year <= today().year]


@dataclass(frozen=True, slots=True)
class Candidate:
    """As much of a patient as ranking needs; the whole row is read for those that are shown."""

    pk: UUID
    active: bool
    family: str
    given: str
    preferred: str
    birth_date: date


def find(terms: Terms, limit: int) -> list[Patient]:
    """The patients meant, best first. At most four queries."""
    certain = _by_facts(terms)
    if terms.words:
        ranked = _ranked(certain, terms.words, _ALIKE) or _by_name(terms.words)
    else:
        ranked = sorted(certain, key=lambda one: (not one.active, one.family.casefold(), one.given.casefold()))
    shown = [one.pk for one in ranked[:limit]]
    rows = Patient.objects.in_bulk(shown) if shown else {}
    return [rows[pk] for pk in shown if pk in rows]


def _by_facts(terms: Terms) -> list[Candidate]:
    """Who has one of the dates, telephones or numbers; each kind that is asked for must fit."""
    keys = [phone_key(digits) for digits in terms.phones]
    keys += [phone_key(number) for number in terms.numbers if len(number) >= 4]
    keys += [identifier_key("", number) for number in terms.numbers]
    # Read first: a subquery beside an OR would make PostgreSQL read every patient
    indexed = _keyed(keys) if keys else {}
    conditions = []
    if terms.phones:
        either = Q(pk__in=_under(indexed, terms.phones)) | Q(mrn__in=terms.phones)
        conditions.append(either | Q(birth_date__in=terms.dates) if terms.dates else either)
    elif terms.dates:
        conditions.append(Q(birth_date__in=terms.dates))
    if terms.numbers:
        mrns = [form for number in terms.numbers for form in (number, number.zfill(6))]
        conditions.append(Q(mrn__in=mrns) | Q(pk__in=_under(indexed, terms.numbers)))
    if not conditions:
        return []
    wanted = conditions[0]
    for condition in conditions[1:]:
        wanted &= condition
    return [Candidate(*one) for one in Patient.objects.filter(wanted).values_list(*_COLUMNS)[:_CANDIDATES]]


def _keyed(prefixes: Iterable[str]) -> dict[str, set[UUID]]:
    """Patients by the telephones and identifiers in the index that begin so."""
    either = Q()
    for prefix in prefixes:
        either |= beginning(prefix)
    found: dict[str, set[UUID]] = {}
    for word, patient_id in NameKey.objects.filter(either).values_list("word", "patient_id")[:_PAIRS]:
        found.setdefault(word, set()).add(patient_id)
    return found


def _under(indexed: dict[str, set[UUID]], numbers: Iterable[str]) -> set[UUID]:
    """Of those, the patients of some numbers, each the end of a telephone or a whole identifier."""
    starts = tuple(key for number in numbers for key in (phone_key(number), identifier_key("", number)))
    return {patient_id for word, patients in indexed.items() if word.startswith(starts) for patient_id in patients}


def beginning(prefix: str, column: str = "word") -> Q:
    """That a column begins with a prefix, as a range that both databases answer from the index."""
    return Q(**{f"{column}__gte": prefix, f"{column}__lt": prefix + _LAST})


def _by_name(words: Sequence[str]) -> list[Candidate]:
    found = _having([beginning(word) for word in words], words)
    if len(found) < _ENOUGH:
        alike = _vocabulary(words)
        if any(not known.startswith(word) for word in words for known in alike[word]):
            found |= _having([_known(word, alike[word]) for word in words], words)
    return _ranked(found.values(), words, 0.0)


def _known(word: str, alike: Sequence[str]) -> Q:
    """What a word may stand for among the known ones. A word typed whole is among those alike, so one list serves."""
    if all(known.startswith(word) for known in alike):
        return beginning(word)
    return Q(word__in=alike) if len(word) >= _TYPED_WHOLE else beginning(word) | Q(word__in=alike)


def _having(choices: Sequence[Q], words: Sequence[str]) -> dict[UUID, Candidate]:
    """Who has a word of each choice; the longest word leads, for it fits the fewest."""
    order = sorted(range(len(words)), key=lambda place: -len(words[place]))
    keys = NameKey.objects.filter(choices[order[0]])
    for place in order[1:]:
        keys = keys.filter(Exists(NameKey.objects.filter(choices[place], patient_id=OuterRef("patient_id"))))
    columns = keys.order_by("word", "patient_id").values_list(*(f"patient__{column}" for column in _COLUMNS))
    return {one[0]: Candidate(*one) for one in columns[:_CANDIDATES]}


def _vocabulary(words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the words of names that it may be a misspelling of, the most alike first."""
    typed: dict[str, set[str]] = {}
    for word in words:
        for variant in variants_of(word):
            typed.setdefault(variant, set()).add(word)
    for first, second in pairwise(words):  # somebody wrote a name in two that the record has in one
        typed.setdefault(first + second, set()).update((first, second))
    scores: dict[str, dict[str, float]] = {word: {} for word in words}
    pairs = NameVariant.objects.filter(variant__in=list(typed)).values_list("variant", "word")
    for variant, known in pairs[:_PAIRS]:
        for word in typed[variant]:
            if known == variant and variant != word:
                score = 100.0
            else:
                score = fuzz.ratio(word, known) + (_SOUNDS_SO if variant.startswith(SOUND) else 0)
            if score >= _ALIKE:
                scores[word][known] = max(score, scores[word].get(known, 0.0))
    return {word: sorted(found, key=lambda one: -found[one])[:12] for word, found in scores.items()}


def _ranked(found: Iterable[Candidate], words: Sequence[str], least: float) -> list[Candidate]:
    scored = [(likeness(words, one), one) for one in found]
    fitting = [(score, one) for score, one in scored if score >= least]
    fitting.sort(key=lambda two: (not two[1].active, -two[0], two[1].family, two[1].given, two[1].birth_date))
    return [one for _, one in fitting]


def likeness(words: Sequence[str], one: Candidate) -> float:
    """How well typed words fit somebody's names, of 100: each word by the name it fits best."""
    family, given = fold(one.family), fold(one.given)
    names = [*family.split(), *given.split(), *(fold(one.preferred).split() if one.preferred else ())]
    if " " in family:
        names.append(family.replace(" ", ""))
    if not family.isascii():
        names.append((family + given).replace(" ", ""))
    return sum(max(_fit(word, name) for name in names) for word in words) / len(words) if names else 0.0


def _fit(word: str, name: str) -> float:
    if word == name:
        return 100.0
    if name.startswith(word):
        return 90.0 + 9.0 * len(word) / len(name)
    return float(fuzz.ratio(word, name)) * 0.95
