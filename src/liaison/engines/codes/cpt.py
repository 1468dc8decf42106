"""Read the CPT file that a practice has licensed: a line for each code, tab or comma between code and words.

Nothing of CPT is shipped; the words are the AMA's and stay in the practice's own home.
"""

import csv
import re
from collections.abc import Mapping
from io import StringIO

_CODE = re.compile(r"\d{4}[0-9A-Z]")


class NotCpt(Exception):
    """The file is not a list of codes with words; the sentence names the line."""


def read_cpt(text: str) -> Mapping[str, str]:
    """Return words by code. A first line of headings is passed over; a line without a code or words is refused."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    found: dict[str, str] = {}
    for number, cells in enumerate(csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=delimiter), start=1):
        code, words = (cells[0].strip().upper(), " ".join(cells[1].split())) if len(cells) > 1 else ("", "")
        if not any(cell.strip() for cell in cells) or (number == 1 and not _CODE.fullmatch(code)):
            continue
        if not _CODE.fullmatch(code) or not words:
            raise NotCpt(f"Line {number} has no code of five characters with its words. Mend it, then load again.")
        found[code] = words
    if not found:
        raise NotCpt("The file holds no codes. It needs a line for each: code, a tab or comma, words.")
    return found
