"""The paper claim held against the form: each word read from the PDF stands in a field, at its column, no longer."""

from datetime import date
from itertools import pairwise

import pytest

from liaison.billing.actions import Corrections, batch, mend_claim, process, take_in
from liaison.billing.models import Claim
from liaison.billing.papers.cms1500 import pdf
from liaison.people.actions import add_coverage
from liaison.places.actions import add_organization
from liaison.places.queries import practice as the_practice
from tests.billing.clinic import TEST, Practice
from tests.billing.pdf_words import words_of
from tests.billing.remits import paid, remittance

LEFT, COLUMN, LINE = 18.0, 7.2, 12.0  # points: a quarter of an inch, ten columns and six lines an inch

# The form: line, then first column, length, and whether a word begins there (<) or ends at its last column (>)
FIELDS: dict[str, tuple[tuple[int, int, int, str], ...]] = {
    "carrier": ((2, 41, 38, "<"), (3, 41, 38, "<"), (4, 41, 38, "<")),
    "1": tuple((8, column, 1, "<") for column in (1, 8, 15, 24, 31, 39, 45)),
    "1a": ((8, 50, 29, "<"),),
    "2": ((10, 1, 28, "<"),),
    "3": ((10, 31, 2, "<"), (10, 34, 2, "<"), (10, 37, 4, "<"), (10, 42, 1, "<"), (10, 47, 1, "<")),
    "4": ((10, 50, 29, "<"),),
    "5": ((12, 1, 28, "<"), (14, 1, 24, "<"), (14, 26, 3, "<"), (16, 1, 12, "<"), (16, 15, 3, "<"), (16, 19, 10, "<")),
    "6": tuple((12, column, 1, "<") for column in (33, 38, 42, 47)),
    "7": ((12, 50, 29, "<"), (14, 50, 23, "<"), (14, 74, 4, "<"), (16, 50, 12, "<"), (16, 65, 3, "<"),
          (16, 69, 10, "<")),
    "9": ((18, 1, 28, "<"),),
    "9a": ((20, 1, 28, "<"),),
    "9d": ((26, 1, 28, "<"),),
    "10": tuple((line, column, 1, "<") for line in (20, 22, 24) for column in (35, 41)),
    "10b": ((22, 45, 2, "<"),),
    "11": ((18, 50, 29, "<"),),
    "11a": ((20, 53, 2, "<"), (20, 56, 2, "<"), (20, 59, 4, "<"), (20, 68, 1, "<"), (20, 75, 1, "<")),
    "11b": ((22, 50, 2, "<"), (22, 53, 28, "<")),
    "11c": ((24, 50, 29, "<"),),
    "11d": ((26, 52, 1, "<"), (26, 57, 1, "<")),
    "12": ((29, 7, 22, "<"),),
    "13": ((29, 55, 22, "<"),),
    "14": ((32, 2, 2, "<"), (32, 5, 2, "<"), (32, 8, 4, "<"), (32, 16, 3, "<")),
    "15": ((32, 31, 3, "<"), (32, 37, 2, "<"), (32, 40, 2, "<"), (32, 43, 4, "<")),
    "17": ((34, 1, 2, "<"), (34, 4, 24, "<")),
    "17b": ((34, 33, 10, "<"),),
    "19": ((35, 26, 23, "<"), (36, 1, 48, "<")),
    "20": ((36, 52, 1, "<"), (36, 57, 1, "<")),
    "21": ((37, 42, 1, "<"), *((line, column, 8, "<") for line in (38, 39, 40) for column in (3, 16, 29, 42))),
    "22": ((38, 50, 11, "<"), (38, 62, 18, "<")),
    "23": ((40, 50, 29, "<"),),
    "25": ((56, 1, 15, "<"), (56, 17, 1, "<"), (56, 19, 1, "<")),
    "26": ((56, 23, 14, "<"),),
    "27": ((56, 38, 1, "<"), (56, 43, 1, "<")),
    "28": ((56, 52, 8, ">"),),
    "29": ((56, 62, 8, ">"),),
    "31": ((60, 1, 21, "<"), (61, 13, 2, "<"), (61, 16, 2, "<"), (61, 19, 2, "<")),
    "32": ((58, 23, 26, "<"), (59, 23, 26, "<"), (60, 23, 26, "<"), (61, 23, 10, "<")),
    "33": ((57, 66, 3, "<"), (57, 70, 9, "<"), (58, 50, 29, "<"), (59, 50, 29, "<"), (60, 50, 29, "<"),
           (61, 50, 10, "<")),
} | {
    f"24.{row}": ((line - 1, 1, 61, "<"), *((line, column, 2, "<") for column in (1, 4, 7, 10, 13, 16, 19)),
                  (line, 25, 6, "<"), *((line, column, 2, "<") for column in (33, 36, 39, 42)), (line, 45, 4, "<"),
                  (line, 50, 8, ">"), (line, 59, 3, "<"), (line, 68, 10, "<"))
    for row, line in enumerate(range(44, 56, 2), 1)
}  # fmt: skip
BEGINS = {(line, column): (name, length) for name, spots in FIELDS.items() for line, column, length, side in spots
          if side == "<"}  # fmt: skip
ENDS = {(line, column + length - 1): (name, length) for name, spots in FIELDS.items()
        for line, column, length, side in spots if side == ">"}  # fmt: skip


def on_paper(*claims: Claim) -> dict[int, dict[str, list[str]]]:
    """By page and field what stands there; a word that stands in no field, or over its end, fails."""
    found: dict[int, dict[str, list[str]]] = {}
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in words_of(pdf(claims, the_practice(), form=False)):
        column, line = (one.x - LEFT) / COLUMN + 1, one.y / LINE
        assert (column, line) == pytest.approx((round(column), round(line)), abs=0.02), one
        begin, at = round(column), round(line)
        end = begin + len(one.text) - 1
        name, length = BEGINS.get((at, begin)) or ENDS.get((at, end)) or pytest.fail(f"in no field: {one}")
        assert len(one.text) <= length, one
        found.setdefault(one.page, {}).setdefault(name, []).append(one.text)
        spans.setdefault((one.page, at), []).append((begin, end))
    for line_of in spans.values():
        assert all(end < begin for (_, end), (begin, _) in pairwise(sorted(line_of))), line_of
    return found


def test_each_fact_of_a_claim_stands_in_its_field(practice: Practice) -> None:
    patient = practice.patient(
        family="O'Brien-Lee", suffix="Jr.", phone="217-555-0147", line="12 N. Oak Ave., #4-B", city="St. Louis Park"
    )
    claim = practice.claim(patient, orders=["strep", "form"], diagnoses=("J02.9", "S93.401A"))
    lines = {charge.code: charge.pk for charge in claim.charges.all()}
    more = Corrections(
        columns={
            "authorization": "AU-77 12",
            "onset_date": date(2026, 2, 27),
            "note": "Seen again for a sore throat " * 2,
        },
        providers={"supervising": {"family": "Roe", "given": "Jane A.", "npi": "1679576722"}},
        accident={"causes": ["auto"], "date": date(2026, 2, 20), "state": "IL"},
        drugs={lines["87880"]: {"ndc": "00409-1234-01", "quantity": "0.5", "unit": "ML"}},
        notes={lines["87880"]: "Kit 7", lines["99080"]: "Letter to school"},
        modifiers={lines["99203"]: ["25", "GC"]},
    )
    claim = mend_claim(TEST, claim.pk, more=more)
    (page,) = on_paper(claim).values()
    signed = f"{claim.status_at:%m %d %y}".split()
    born = patient.birth_date
    told = {
        "2": ["O'BRIEN-LEE, JR, ANA"],
        "3": [f"{born:%m}", f"{born:%d}", f"{born:%Y}", "X"],
        "5": ["12 N OAK AVE 4-B", "ST LOUIS PARK", "IL", "62701", "217", "5550147"],
        "10b": ["IL"],
        "14": ["02", "27", "2026", "431"],
        "15": ["02", "20", "2026", "439"],
        "17": ["DQ", "JANE A ROE"],
        "17b": ["1679576722"],
        "19": ["SEEN AGAIN FOR A SORE", "THROAT SEEN AGAIN FOR A SORE THROAT"],
        "21": ["0", "J029", "S93401A"],
        "23": ["AU7712"],
        "24.1": ["03", "02", "26", "03", "02", "26", "11", "99203", "25", "GC", "AB", "195 00", "1", "1679576722"],
        "28": ["261 00"],
        "31": ["NGOZI OKAFOR MD", *signed],
        "33": ["217", "5550100", "MAPLE STREET CLINIC", "100 MAIN ST", "SPRINGFIELD IL 62701-0001", "1234567893"],
    }
    assert {name: sorted(page[name]) for name in told} == {name: sorted(words) for name, words in told.items()}
    shaded = {page[f"24.{row}"][0] for row in (1, 2, 3)}
    assert {"N400409123401 ML0.5   ZZKIT 7", "ZZLETTER TO SCHOOL"} <= shaded
    assert "22" not in page
    assert page["11d"] == ["X"]


def test_twelve_diagnoses_fifty_lines_and_long_names_stay_in_their_fields(practice: Practice) -> None:
    patient = practice.patient(
        family="Featherstonehaugh-Cholmondeley-Warner", given="Wilhelmina Alexandrina",
        line="1234 Upper Saint Bartholomew’s Boulevard Northwest", city="Llanfairpwllgwyngyllgogerych",
    )  # fmt: skip
    claim = practice.claim(patient)
    claim.lines = [{**claim.lines[0], "code": f"99{n:03}", "pointers": [1, 2, 3, 4], "units": 999} for n in range(50)]
    claim.diagnoses = [f"M{n:02}.9" for n in range(12)]
    claim.total_cents = 99_999_999
    pages = on_paper(claim)
    assert len(pages) == 9
    assert [page["28"] for page in pages.values()] == [["CONT"]] * 8 + [["99999999"]]


def test_a_replacement_names_what_it_replaces(practice: Practice) -> None:
    claim = practice.claim()
    claim.frequency, claim.original_number = "7", "ICN-2026-000000001"
    (page,) = on_paper(claim).values()
    assert page["22"] == ["7", "ICN-2026-000000001"]


def test_the_other_coverage_is_told_before_and_after_the_first_payer_has_paid(practice: Practice) -> None:
    patient = practice.patient()
    holder = {"subscriber_family": "Vega", "subscriber_given": "Luz", "subscriber_birth_date": date(1979, 5, 5)}
    practice.cover(patient, member="STC000000007", position=2, relationship="spouse", **holder)
    claim = practice.claim(patient)
    (first,) = on_paper(claim).values()
    assert (first["9"], first["9a"], first["9d"]) == (["VEGA, LUZ"], ["STC000000007"], ["STATE MEDICAID"])
    assert "29" not in first
    batch(TEST)
    answer = remittance(paid(Claim.objects.get(pk=claim.pk), (6_000, 2_000)), trace="SUNCO1")
    process(TEST, take_in(TEST, "835", "check.835", answer).pk)
    later = Claim.objects.select_related("patient", "coverage", "payer", "provider", "site").get(previous=claim)
    (second,) = on_paper(later).values()
    assert (second["9"], second["9a"]) == ([f"{patient.family.upper()}, ANA"], ["SUN-HMO-20"])
    assert (second["4"], second["29"]) == (["VEGA, LUZ"], ["115 00"])


def test_medicare_alone_has_no_insured_and_the_word_none(practice: Practice) -> None:
    patient = practice.patient(covered=False)
    medicare = add_organization(TEST, kind="payer", name="Medicare of Illinois", code="06102")
    add_coverage(TEST, patient.pk, payer_id=medicare.pk, member_id="1EG4TE5MK73")
    (page,) = on_paper(practice.claim(patient)).values()
    assert page["11"] == ["NONE"]
    assert not {"4", "6", "7", "9", "11a", "11c", "11d"} & set(page)
