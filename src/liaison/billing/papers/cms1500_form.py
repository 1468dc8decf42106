"""The form CMS-1500 (02/12) as we draw it: boxes with the fields' numbers and a word of ours, not its wording."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

LINES_A_PAGE = 6
LAST_COLUMN = 80


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form as we draw it, over lines and columns, with its number and a word of ours."""

    line: float
    column: int
    width: int
    height: float
    label: str


# Line above which a row of boxes begins, then each box: first column, number, a word of ours
_ROWS: tuple[tuple[float, float, tuple[tuple[int, str], ...]], ...] = (
    (6.6, 1.9, ((1, "1 plan"), (50, "1a member"))),
    (8.5, 2.0, ((1, "2 patient"), (30, "3 born, sex M F"), (50, "4 insured"))),
    (10.5, 2.0, ((1, "5 address"), (30, "6 self, spouse, child, other"), (50, "7 address"))),
    (12.5, 2.0, ((1, "5 city"), (25, "5 state"), (30, "8"), (50, "7 city"), (74, "7 state"))),
    (14.5, 2.0, ((1, "5 ZIP"), (14, "5 phone"), (30, ""), (50, "7 ZIP"), (63, "7 phone"))),
    (16.5, 2.0, ((1, "9 other insured"), (30, "10 comes from (yes, no)"), (50, "11 group"))),
    (18.5, 2.0, ((1, "9a group"), (30, "10a work"), (50, "11a born, sex M F"))),
    (20.5, 2.0, ((1, "9b"), (30, "10b car, state"), (50, "11b claim"))),
    (22.5, 2.0, ((1, "9c"), (30, "10c other"), (50, "11c plan"))),
    (24.5, 2.0, ((1, "9d plan"), (30, "10d"), (50, "11d another plan (yes, no)"))),
    (26.5, 3.6, ((1, "12 signed by the patient"), (50, "13 signed by the insured"))),
    (30.1, 2.4, ((1, "14 begun"), (30, "15 other date"), (50, "16 off work"))),
    (32.5, 1.65, ((1, "17 sent by"), (30, "17b NPI"), (50, "18 in hospital"))),
    (34.15, 2.05, ((1, "19 more"), (50, "20 outside lab (yes, no)"))),
    (36.2, 4.3, ((1, "21 diagnoses A to L"), (50, "22 again, original number"))),
    (54.2, 2.0, ((1, "25 tax ID (SSN, EIN)"), (22, "26 account"), (37, "27 accept"), (50, "28 total"), (61, "29 paid"),
                 (71, "30"))),
    (56.2, 5.3, ((1, "31 provider"), (22, "32 place of service"), (50, "33 billing provider"))),
)  # fmt: skip
_COLUMNS = ((1, "24A from"), (10, "to"), (19, "B"), (22, "C"), (25, "D service"), (33, "modifiers"), (45, "E"),
            (50, "F"), (59, "G"), (62, "H"), (65, "I"), (68, "J NPI"))  # fmt: skip


@cache
def boxes() -> list[Box]:
    """The boxes of the form."""
    drawn = [box for line, height, cells in _ROWS for box in _row(line, height, cells)]
    drawn += _row(40.5, 1.65, _COLUMNS)
    for number in range(LINES_A_PAGE):
        drawn += _row(42.15 + 2 * number, 1.0, [(1, str(number + 1))])
        drawn += _row(43.15 + 2 * number, 1.0, [(column, "") for column, _ in _COLUMNS])
    return [*drawn, Box(38.3, 50, LAST_COLUMN - 50, 2.2, "23 authorization")]


def _row(line: float, height: float, cells: Sequence[tuple[int, str]]) -> list[Box]:
    ends = [column for column, _ in cells[1:]] + [LAST_COLUMN]
    return [Box(line, column, end - column, height, label) for (column, label), end in zip(cells, ends, strict=True)]
