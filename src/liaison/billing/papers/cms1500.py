"""The paper claim CMS-1500 (02/12): where each field stands, what stands in it, and the PDF of it.

Places are lines (6 an inch) and columns (10 an inch) of the form, counted from 1, so that the same cells print on the
preprinted form and on one that we draw ourselves: boxes with the fields' numbers and a word of our own. What stands in
a field, its length and its punctuation follow the reference instructions of the National Uniform Claim Committee for
02/12; where Medicare differs (fields 4, 6, 7 and 11), chapter 26 of its claims processing manual.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from liaison.billing.models import Claim
from liaison.billing.papers.cms1500_form import LINES_A_PAGE, boxes
from liaison.billing.papers.compiled import compiled
from liaison.billing.scrub.rules import rules_for
from liaison.billing.x12 import claims as x12
from liaison.billing.x12 import parties
from liaison.billing.x12.others import Earlier, announced, earlier
from liaison.people.models import Coverage, Patient
from liaison.places.models import Organization

_BOX_1 = {"medicare": 1, "medicaid": 8, "tricare": 15}
_GROUP_PLAN, _OTHER_PLAN = 31, 45
_RELATION = {"self": 33, "spouse": 38, "child": 42, "other": 47}
_QUALIFIER = {"referring": "DN", "ordering": "DK", "supervising": "DQ"}
_NOTE_LINE, _NOTE_MORE = 48, 23
_UNITS = {"ML": "ML", "UN": "UN", "GR": "GR", "ME": "ME", "F2": "F2"}


@dataclass(frozen=True, slots=True)
class Cell:
    """Words at a place; longer ones are cut where the next field begins."""

    line: float
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the print is moved to meet a preprinted form, in hundredths of an inch: right and down."""

    right: int = 0
    down: int = 0


IN_PLACE = Shift()


def pdf(claims: Sequence[Claim], practice: Organization, *, form: bool, shift: Shift = IN_PLACE) -> bytes:
    """Claims on paper, one after another, six service lines a page; `form` draws the form too.

    Patient, coverage, payer, provider and site are read from the rows.
    """
    before = earlier(claims) if any(claim.previous_id for claim in claims) else {}
    after = announced(claims)
    pages = [
        [asdict(cell) for cell in page]
        for claim in claims
        for page in pages_of(claim, practice, before.get(claim.pk, ()), after[claim.pk])
    ]
    facts = {
        "pages": pages,
        "boxes": [asdict(box) for box in boxes()] if form else [],
        "right": shift.right / 100,
        "down": shift.down / 100,
        "title": "Claims" if len(claims) != 1 else f"Claim {claims[0].number}",
    }
    return compiled("cms1500.typ", facts)


def pages_of(
    claim: Claim, practice: Organization, before: Sequence[Earlier] = (), after: Sequence[Coverage] = ()
) -> Iterator[list[Cell]]:
    """The cells of each page of a claim, with what earlier payers decided and who pays after."""
    lines = claim.lines or [{}]
    parts = [claim.lines[start : start + LINES_A_PAGE] for start in range(0, len(lines), LINES_A_PAGE)]
    top = [*_top(claim, before, after), *_middle(claim), *_bottom(claim, practice)]
    for number, part in enumerate(parts, 1):
        cells = [*top]
        for place, line in enumerate(part):
            cells += _service(claim, line, 43 + 2 * place)
        if number == len(parts):
            cells += _totals(claim, before)
        else:
            cells.append(_right(56, 52, 8, "CONT"))
        yield [cell for cell in cells if cell.text]


def _cell(line: float, column: int, width: int, text: str) -> Cell:
    return Cell(line, column, " ".join(text.upper().split())[:width])


def _plain(line: float, column: int, width: int, text: str) -> Cell:
    """Words without punctuation, as in addresses: hyphens and a half's stroke alone stay."""
    return _cell(line, column, width, "".join(c if c.isalnum() or c in "-/" else " " for c in text.replace("'", "")))


def _number(line: float, column: int, width: int, text: str) -> Cell:
    """A number that somebody gave, without hyphens and blanks."""
    return _cell(line, column, width, "".join(c for c in text if c.isalnum()))


def _right(line: float, column: int, width: int, text: str) -> Cell:
    return Cell(line, column + max(0, width - len(text)), text[:width])


def _mark(line: float, column: int) -> Cell:
    return Cell(line, column, "X")


def _day(line: float, columns: tuple[int, int, int], day: date | None, *, year: str = "%Y") -> list[Cell]:
    if day is None:
        return []
    return [Cell(line, column, f"{day:{form}}") for column, form in zip(columns, ("%m", "%d", year), strict=True)]


def _named(family: str, given: str, suffix: str = "") -> str:
    """Last name, suffix, first name with commas between; no periods."""
    return ", ".join(part for part in (family, suffix, given) if part).replace(".", "")


def _money(line: float, column: int, cents: int) -> Cell:
    """Dollars and cents, to the right, with a blank where the form has a line; six digits of dollars fill it."""
    blank = " " if cents < 10_000_000 else ""
    return _right(line, column, 8, f"{cents // 100}{blank}{cents % 100:02d}")


def _top(claim: Claim, before: Sequence[Earlier], after: Sequence[Coverage]) -> Iterator[Cell]:
    """Who pays, who is ill, who is insured: fields 1 to 13."""
    patient, coverage, payer = claim.patient, claim.coverage, claim.payer
    for line, words in zip((2, 3, 4), (payer.name, payer.line, _place(payer)), strict=True):
        yield _plain(line, 41, 38, words)
    yield _mark(8, _BOX_1.get(coverage.kind) or (_GROUP_PLAN if _is_group(coverage) else _OTHER_PLAN))
    yield _cell(8, 50, 29, coverage.number)
    yield _cell(10, 1, 28, _named(patient.family, patient.given, patient.suffix))
    yield from _day(10, (31, 34, 37), patient.birth_date)
    if patient.sex in ("male", "female"):
        yield _mark(10, 42 if patient.sex == "male" else 47)
    yield from _address(patient, 1, 26, 15)
    yield from _insured(claim, before)
    yield from _condition(claim)
    if coverage.kind != Coverage.Kind.MEDICARE:
        yield from _other(claim, before, after)
        yield _mark(26, 52 if before or after else 57)
    yield _cell(29, 7, 22, "Signature on file")
    yield _cell(29, 55, 22, "Signature on file")


def _is_group(coverage: Coverage) -> bool:
    return coverage.kind == Coverage.Kind.COMMERCIAL and bool(coverage.group_number)


def _insured(claim: Claim, before: Sequence[Earlier]) -> Iterator[Cell]:
    """Whose policy it is: fields 4, 6, 7, 11 to 11c. Medicare wants those of who pays before it, and else none."""
    patient, coverage, first_payer = claim.patient, claim.coverage, ""
    if coverage.kind == Coverage.Kind.MEDICARE:
        if not before:
            yield Cell(18, 50, "NONE")
            return
        coverage, first_payer = before[0].claim.coverage, before[0].claim.payer.name
    own = coverage.relationship == Coverage.Relationship.SELF
    if coverage.kind == Coverage.Kind.WORKERS_COMP and coverage.employer:
        yield _cell(10, 50, 29, coverage.employer)
    else:
        mine = _named(patient.family, patient.given, patient.suffix)
        yield _cell(10, 50, 29, mine if own else _named(coverage.subscriber_family, coverage.subscriber_given))
    yield _mark(12, _RELATION[coverage.relationship])
    if own:
        yield from _address(patient, 50, 74, 65)
    yield _cell(18, 50, 29, coverage.group_number or (coverage.number if first_payer else ""))
    yield from _day(20, (53, 56, 59), patient.birth_date if own else coverage.subscriber_birth_date)
    sex = patient.sex if own else coverage.subscriber_sex
    if sex in ("male", "female"):
        yield _mark(20, 68 if sex == "male" else 75)
    if coverage.of_an_injury and coverage.claim_number:
        yield _cell(22, 50, 2, "Y4")
        yield _cell(22, 53, 26, coverage.claim_number)
    yield _cell(24, 50, 29, coverage.plan or first_payer)


def _address(patient: Patient, column: int, state: int, phone_at: int) -> Iterator[Cell]:
    yield _plain(12, column, 28, patient.line)
    yield _plain(14, column, 23, patient.city)
    yield _cell(14, state, 3, patient.state)
    yield _cell(16, column, 12, _zip(patient.postal_code))
    yield from _phone(16, phone_at, patient.phone)


def _phone(line: float, column: int, stored: str) -> Iterator[Cell]:
    """The area code between its brackets, then the number without a hyphen."""
    phone = parties.phone(stored)
    if len(phone) == 10:
        yield Cell(line, column, phone[:3])
        yield Cell(line, column + 4, phone[3:])


def _other(claim: Claim, before: Sequence[Earlier], after: Sequence[Coverage]) -> Iterator[Cell]:
    """The other coverage, of the payer before or after: fields 9, 9a and 9d."""
    if not before and not after:
        return
    coverage, patient = (before[-1].claim.coverage, before[-1].claim.patient) if before else (after[0], claim.patient)
    payer = before[-1].claim.payer if before else after[0].payer
    own = coverage.relationship == Coverage.Relationship.SELF
    holder = (patient.family, patient.given) if own else (coverage.subscriber_family, coverage.subscriber_given)
    yield _cell(18, 1, 28, _named(*holder))
    yield _cell(20, 1, 28, coverage.group_number or coverage.number)
    yield _cell(26, 1, 28, coverage.plan or payer.name)


def _condition(claim: Claim) -> Iterator[Cell]:
    """What it comes from: fields 10a to 10c."""
    causes = set(claim.accident.get("causes", ()))
    if claim.coverage.of_an_injury:
        causes.add("employment" if claim.coverage.kind == Coverage.Kind.WORKERS_COMP else "auto")
    for line, cause in ((20, "employment"), (22, "auto"), (24, "other")):
        yield _mark(line, 35 if cause in causes else 41)
    if "auto" in causes:
        yield _cell(22, 45, 2, claim.accident.get("state", "") or claim.patient.state)


def _middle(claim: Claim) -> Iterator[Cell]:
    """Days, referrals and diagnoses: fields 14 to 23."""
    yield from _days(claim)
    for role, qualifier in _QUALIFIER.items():
        if facts := claim.providers.get(role):
            yield Cell(34, 1, qualifier)
            yield _plain(34, 4, 24, f"{facts.get('given', '')} {facts['family']}")
            yield _cell(34, 33, 10, facts.get("npi", ""))
            break
    yield from _note(claim.note)
    yield _mark(36, 57)
    yield Cell(37, 42, "0")
    for place, code in enumerate(claim.diagnoses[:12]):
        yield _cell(38 + place // 4, 3 + 13 * (place % 4), 8, code.replace(".", ""))
    if claim.frequency != Claim.Frequency.ORIGINAL:
        yield Cell(38, 50, claim.frequency)
        yield _cell(38, 62, 18, claim.original_number)
    clia = claim.site.clia if x12.is_tested(claim, rules_for(claim.payer.code).clia) else ""
    yield _number(40, 50, 29, claim.authorization or claim.referral or clia)


def _days(claim: Claim) -> Iterator[Cell]:
    """When it began (431), and another day: of the accident (439), or of the first treatment (454)."""
    said = claim.accident.get("date")
    accident = date.fromisoformat(said) if said else claim.coverage.injured_on
    began = claim.onset_date or accident
    yield from _day(32, (2, 5, 8), began)
    if began:
        yield Cell(32, 16, "431")
    told = accident == began and claim.initial_date is not None
    day, qualifier = (claim.initial_date, "454") if told or not accident else (accident, "439")
    yield from _day(32, (37, 40, 43), day)
    if day:
        yield Cell(32, 31, qualifier)


def _note(note: str) -> Iterator[Cell]:
    """Field 19 holds 48 signs, and 23 more beside its heading."""
    words, first = " ".join(note.upper().split()), ""
    if len(words) > _NOTE_LINE:
        first = words[: _NOTE_MORE + 1].rpartition(" ")[0] or words[:_NOTE_MORE]
        words = words[len(first) :].strip()
    yield _cell(35, 26, _NOTE_MORE, first)
    yield _cell(36, 1, _NOTE_LINE, words)


def _service(claim: Claim, line: dict[str, object], at: int) -> Iterator[Cell]:
    """A service line: what is added above it, then fields 24A to 24J."""
    drug, note = line.get("drug"), str(line.get("note", ""))
    supplements = [f"ZZ{note}"] if note else []
    if isinstance(drug, dict) and drug:
        given = f"N4{parties.digits(drug['ndc'])} {_UNITS.get(drug['unit'], '')}{drug['quantity']}"
        supplements.insert(0, given)
    # Three blanks between one fact and the next: not put together by _cell
    yield Cell(at, 1, "   ".join(" ".join(one.upper().split()) for one in supplements)[:61])
    day = date.fromisoformat(str(line["date"])) if line.get("date") else claim.service_date
    yield from _day(at + 1, (1, 4, 7), day, year="%y")
    yield from _day(at + 1, (10, 13, 16), day, year="%y")
    yield Cell(at + 1, 19, claim.site.place_of_service)
    yield _cell(at + 1, 25, 6, str(line["code"]))
    modifiers, pointers = line["modifiers"], line["pointers"]
    assert isinstance(modifiers, list)
    assert isinstance(pointers, list)
    for place, modifier in enumerate(modifiers[:4]):
        yield _cell(at + 1, 33 + 3 * place, 2, modifier)
    yield Cell(at + 1, 45, "".join(chr(64 + pointer) for pointer in pointers[:4]))
    yield _money(at + 1, 50, int(str(line["cents"])))
    yield _cell(at + 1, 59, 3, str(line["units"]))
    yield _cell(at + 1, 68, 10, claim.provider.npi)


def _totals(claim: Claim, before: Sequence[Earlier]) -> Iterator[Cell]:
    yield _money(56, 52, claim.total_cents)
    paid = sum(each.decided.paid_cents for each in before if each.decided)
    if paid:
        yield _money(56, 62, paid)


def _bottom(claim: Claim, practice: Organization) -> Iterator[Cell]:
    """Who bills: fields 25 to 33."""
    yield _cell(56, 1, 15, parties.digits(practice.tax_id))
    yield _mark(56, 19)
    yield _cell(56, 23, 14, claim.number)
    yield _mark(56, 38)
    yield from _phone(57, 66, practice.phone)
    site = claim.site if claim.site.line else practice
    here = (site.name, site.line, _place(site))
    billing = (practice.name, practice.line, _place(practice))
    for line, place, billed in zip((58, 59, 60), here, billing, strict=True):
        yield _plain(line, 23, 26, place)
        yield _plain(line, 50, 29, billed)
    yield _plain(60, 1, 21, claim.provider.full)
    signed = claim.first_sent_at or claim.status_at
    yield from _day(61, (13, 16, 19), signed.date(), year="%y")
    yield _cell(61, 23, 10, claim.site.npi or practice.npi)
    yield _cell(61, 50, 10, practice.npi)


def _place(row: Organization | object) -> str:
    city, state = getattr(row, "city", ""), getattr(row, "state", "")
    return " ".join(part for part in (city, state, _zip(getattr(row, "postal_code", ""))) if part)


def _zip(code: str) -> str:
    digits = parties.digits(code)
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else code
