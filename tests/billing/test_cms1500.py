"""The paper claim: each fact at its place, six lines a page, the form drawn or not."""

from datetime import date
from itertools import pairwise

from liaison.billing.actions import Corrections, mend_claim
from liaison.billing.models import Claim
from liaison.billing.papers.cms1500 import Cell, Shift, pages_of, pdf
from liaison.billing.papers.cms1500_form import LINES_A_PAGE, boxes
from liaison.places.queries import practice as the_practice
from tests.billing.clinic import TEST, Practice


def at(cells: list[Cell], line: float, column: int) -> str:
    return next((cell.text for cell in cells if (cell.line, cell.column) == (line, column)), "")


def page(claim: Claim) -> list[Cell]:
    (cells,) = pages_of(claim, the_practice())
    return cells


def test_each_fact_stands_at_its_place(practice: Practice) -> None:
    claim = practice.claim(practice.patient(phone="217-555-0147"), orders=["strep"], diagnoses=("J02.9", "E11.9"))
    more = Corrections(
        columns={"authorization": "AUTH1", "onset_date": date(2026, 2, 27), "note": "Seen for a sore throat"},
        providers={"referring": {"family": "Roe", "given": "Jane", "npi": "1679576722"}},
        accident={"causes": ["auto"], "date": date(2026, 2, 20), "state": "IL"},
    )
    claim = mend_claim(TEST, claim.pk, more=more)
    cells = page(claim)
    assert at(cells, 8, 31) == "X"
    assert at(cells, 8, 50) == claim.coverage.member_id
    assert at(cells, 10, 1) == f"{claim.patient.family}, ANA".upper()
    assert [at(cells, 10, column) for column in (31, 34, 37, 47)] == [
        f"{claim.patient.birth_date:%m}",
        f"{claim.patient.birth_date:%d}",
        f"{claim.patient.birth_date:%Y}",
        "X",
    ]
    assert [at(cells, 12, 1), at(cells, 14, 26), at(cells, 16, 15), at(cells, 16, 19)] == [
        "12 OAK AVE", "IL", "217", "5550147",
    ]  # fmt: skip
    accident = ((20, 41), (22, 35), (22, 45), (24, 41))
    assert [at(cells, line, column) for line, column in accident] == ["X", "X", "IL", "X"]
    assert [at(cells, 32, 2), at(cells, 34, 1), at(cells, 34, 4), at(cells, 34, 33)] == [
        "02", "DN", "JANE ROE", "1679576722",
    ]  # fmt: skip
    assert [at(cells, 38, 3), at(cells, 38, 16), at(cells, 40, 50)] == ["J029", "E119", "AUTH1"]
    assert [at(cells, 44, 25), at(cells, 46, 25)] == ["99203", "87880"]
    assert [at(cells, 44, 1), at(cells, 44, 45), at(cells, 44, 52)] == ["03", "AB", "195 00"]
    assert at(cells, 56, 54) == "221 00"
    assert [at(cells, 56, 23), at(cells, 61, 50), at(cells, 57, 66), at(cells, 57, 70)] == [
        claim.number, "1234567893", "217", "5550100",
    ]  # fmt: skip


def test_more_than_six_lines_go_on_and_the_total_stands_on_the_last_page(practice: Practice) -> None:
    claim = practice.claim()
    claim.lines = [{**claim.lines[0], "code": f"99{n:03}"} for n in range(50)]
    claim.diagnoses = [f"M{n:02}.9" for n in range(12)]
    pages = list(pages_of(claim, the_practice()))
    assert len(pages) == 9
    assert [at(cells, 54, 25) for cells in pages[:2]] == ["99005", "99011"]
    assert [at(cells, 56, 56) for cells in pages] == ["CONT"] * 8 + [""]
    assert at(pages[0], 40, 42) == "M119"
    assert at(pages[-1], 56, 54) == "195 00"


def test_words_stop_where_the_next_field_begins(practice: Practice) -> None:
    claim = practice.claim(practice.patient(family="Featherstonehaugh-Cholmondeley-Warner", given="Wilhelmina"))
    cells = page(claim)
    assert len(at(cells, 10, 1)) == 28
    taken: dict[float, list[tuple[int, int]]] = {}
    for cell in cells:
        taken.setdefault(cell.line, []).append((cell.column, cell.column + len(cell.text)))
    for spans in taken.values():
        spans.sort()
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans)), spans
        assert spans[-1][1] <= 81


def test_it_prints_with_and_without_the_form(practice: Practice) -> None:
    claim = practice.claim(orders=["strep"])
    plain = pdf([claim], the_practice(), form=False, shift=Shift(right=5, down=-3))
    drawn = pdf([claim, claim], the_practice(), form=True)
    assert plain.startswith(b"%PDF")
    assert len(drawn) > len(plain)
    assert len(boxes()) > 100
    assert LINES_A_PAGE == 6
