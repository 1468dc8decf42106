"""Write the packaged ICD-10-CM file from `simple_icd_10_cm`, which carries the public-domain tabular list of CDC/NCHS.

Only this command needs that package; the running clinic reads the file.

The file is gzip over UTF-8 lines. The first names source and version. Lines that begin with "+" are sets of seventh
characters: number, then `character=words` each. All others are codes without a seventh character, in the order of the
tabular list: code, billable (1 or 0), number of its set or nothing, description, other terms joined by "|".
"""

import gzip
import re
from importlib import metadata
from pathlib import Path

PACKAGED = Path(__file__).with_name("icd10cm.tsv.gz")


def build(out_path: Path = PACKAGED) -> int:
    """Write the packaged file and return the number of codes in it; the same input gives the same bytes."""
    import simple_icd_10_cm as icd

    codes = [code for code in dict.fromkeys(icd.get_all_codes(with_dots=True)) if icd.is_category_or_subcategory(code)]
    extended = {code for code in codes if icd.is_extended_subcategory(code)}
    endings: dict[str, dict[str, str]] = {}
    for code in extended:
        parent = icd.get_parent(code)
        words = icd.get_description(code).removeprefix(f"{icd.get_description(parent)}, ")
        endings.setdefault(parent, {})[code[-1]] = _clean(words)
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    rows = []
    for code in codes:
        if code in extended:
            continue
        ending = ""
        if code in endings:
            ending = str(numbers.setdefault(tuple(sorted(endings[code].items())), len(numbers)))
        billable = "1" if icd.is_leaf(code) else "0"
        rows.append("\t".join([code, billable, ending, _clean(icd.get_description(code)), "|".join(_terms(code))]))
    head = f"# ICD-10-CM\t{_version()}\tCDC/NCHS tabular list, public domain, by simple_icd_10_cm " + metadata.version(
        "simple_icd_10_cm"
    )
    sets = [f"+\t{number}\t" + "\t".join(f"{k}={v}" for k, v in pairs) for pairs, number in numbers.items()]
    text = "\n".join([head, *sets, *rows]) + "\n"
    out_path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    return len(codes)


def _terms(code: str) -> list[str]:
    import simple_icd_10_cm as icd

    own = _clean(icd.get_description(code)).lower()
    terms = dict.fromkeys(_clean(term) for term in (*icd.get_inclusion_term(code), *icd.get_includes(code)))
    return [term for term in terms if term.lower() != own]


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("|", "/")).strip()


def _version() -> str:
    from simple_icd_10_cm import simple_icd_10_cm as module

    name = str(module._classification_data_package_file_name)
    return name.removeprefix("icd10c-tabular-").removesuffix(".xml")
