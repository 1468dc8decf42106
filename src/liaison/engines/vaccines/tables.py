"""Reading a release of the CDC's code tables: a folder of CSV files, into the document of a codes file.

cvx (cvx, short, full, status), mvx (mvx, name, status), tradename (product, cvx, mvx, status), cvx_group (cvx, group),
vis (vis, edition_date, encoded, gdti, status), vis_url (gdti, pdf, html), cvx_vis (cvx, encoded, status) and
ndc_cvx (kind sale|use, ndc11, product, labeler, end, package, cvx, mvx, use_ndcs).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from liaison.engines.vaccines.ndc import candidates
from liaison.engines.vaccines.packages import doses_in

SOURCE = "CDC code tables: CVX, MVX, trade names, vaccine groups, VIS, NDC crosswalk (public domain)"
_COLUMNS = {
    "cvx": ("cvx", "short", "full", "status", "last_updated"),
    "mvx": ("mvx", "name", "status"),
    "tradename": ("product", "cvx", "mvx", "status"),
    "cvx_group": ("cvx", "group"),
    "vis": ("vis", "edition_date", "encoded", "gdti", "status"),
    "vis_url": ("gdti", "pdf", "html"),
    "cvx_vis": ("cvx", "encoded", "status"),
    "ndc_cvx": ("kind", "ndc11", "product", "labeler", "end", "package", "cvx", "mvx", "use_ndcs"),
}
Row = dict[str, str]
Tables = dict[str, list[Row]]


class BrokenTables(Exception):
    """Tables that cannot be used. `faults` names each: the file, the line, what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:3]))
        self.faults = faults


def read_tables(folder: Path) -> dict[str, Any]:
    """The document of a codes file from the CSV files in `folder`. Raises BrokenTables with every fault found."""
    faults: list[str] = []
    tables: Tables = {}
    for name, columns in _COLUMNS.items():
        tables[name] = _table(folder / f"{name}.csv", columns, faults)
    if not faults:
        faults += _faults(tables)
    if faults:
        raise BrokenTables(faults)
    return _document(tables)


def _table(path: Path, columns: tuple[str, ...], faults: list[str]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]
            missing = [c for c in columns if c not in (reader.fieldnames or ())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(f"{path.name}: cannot be read ({type(error).__name__}).")
        return []
    if missing:
        faults.append(f"{path.name}: lacks the column {', '.join(missing)}.")
    elif not rows:
        faults.append(f"{path.name}: has no rows.")
    return rows


def _faults(tables: Tables) -> Iterator[str]:
    known = {row["cvx"].zfill(2) for row in tables["cvx"]}
    for name in ("cvx", "tradename", "cvx_group", "cvx_vis", "ndc_cvx"):
        for line, row in enumerate(tables[name], 2):
            if not re.fullmatch(r"\d{1,3}", row["cvx"]):
                yield f"{name}.csv, line {line}: '{row['cvx']}' is no CVX code."
            elif row["cvx"].zfill(2) not in known:
                yield f"{name}.csv, line {line}: CVX {row['cvx']} stands in no line of cvx.csv."
    for line, row in enumerate(tables["ndc_cvx"], 2):
        if not re.fullmatch(r"\d{11}", row["ndc11"]):
            yield f"ndc_cvx.csv, line {line}: '{row['ndc11']}' is no NDC of eleven digits."
        if row["kind"] not in ("sale", "use"):
            yield f"ndc_cvx.csv, line {line}: the kind '{row['kind']}' is neither sale nor use."
        if row["end"] and not _is_date(row["end"]):
            yield f"ndc_cvx.csv, line {line}: '{row['end']}' is no date."
    for line, row in enumerate(tables["vis"], 2):
        if not _is_date(row["edition_date"]):
            yield f"vis.csv, line {line}: '{row['edition_date']}' is no date."


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _document(tables: Tables) -> dict[str, Any]:
    groups: dict[str, list[str]] = {}
    for row in tables["cvx_group"]:
        many = groups.setdefault(row["cvx"].zfill(2), [])
        if row["group"] not in many:
            many.append(row["group"])
    names: dict[str, list[list[Any]]] = {}
    for row in sorted(tables["tradename"], key=lambda r: (r["status"] != "Active", r["product"].casefold())):
        named = [row["product"], row["mvx"], row["status"] == "Active"]
        if named not in (many_names := names.setdefault(row["cvx"].zfill(2), [])):
            many_names.append(named)
    updated = [row["last_updated"] for rows in tables.values() for row in rows if row.get("last_updated")]
    return {
        "source": SOURCE,
        "version": max(updated, default=""),
        "vaccines": [
            [r["cvx"].zfill(2), r["short"], r["full"], r["status"], groups.get(r["cvx"].zfill(2), [])]
            for r in tables["cvx"]
        ],
        "manufacturers": [[r["mvx"], r["name"], r["status"] == "Active"] for r in tables["mvx"]],
        "names": names,
        "products": _products(tables),
        **_statements(tables),
    }


def _statements(tables: Tables) -> dict[str, Any]:
    urls = {row["gdti"]: (row["pdf"], row["html"]) for row in tables["vis_url"]}
    current = [row for row in tables["vis"] if row["status"] == "Current"]
    number = {row["encoded"]: n for n, row in enumerate(current)}
    applies: dict[str, list[int]] = {}
    for row in tables["cvx_vis"]:
        if row["status"] == "Current" and row["encoded"] in number:
            applies.setdefault(row["cvx"].zfill(2), []).append(number[row["encoded"]])
    return {
        "statements": [
            [r["vis"], r["edition_date"], r["encoded"], r["gdti"], *urls.get(r["gdti"], ("", ""))] for r in current
        ],
        "applies": applies,
    }


def _products(tables: Tables) -> list[list[Any]]:
    """One row for each NDC and CVX. Where the table lacks an MVX, that of the carton or of the labeler's others."""
    known = {row["mvx"] for row in tables["mvx"]}
    rows = tables["ndc_cvx"]
    uses = {id(row): _uses(row["use_ndcs"]) for row in rows}
    packages: dict[str, list[str]] = {}
    of_carton: dict[str, str] = {}
    of_labeler: dict[str, Counter[str]] = {}
    for row in rows:
        if row["kind"] == "use":
            packages.setdefault(row["ndc11"], []).append(row["package"])
        if row["mvx"] in known:
            of_labeler.setdefault(row["labeler"], Counter())[row["mvx"]] += 1
            of_carton.update(dict.fromkeys(uses[id(row)], row["mvx"]))
    kept: dict[tuple[str, str], list[Any]] = {}
    for row in sorted(rows, key=lambda r: (r["ndc11"], int(r["cvx"]), r["kind"] == "use", r["end"] != "", r["end"])):
        mvx = row["mvx"] if row["mvx"] in known else of_carton.get(row["ndc11"], "")
        if not mvx and row["labeler"] in of_labeler:
            mvx = of_labeler[row["labeler"]].most_common(1)[0][0]
        inside = [text for ndc in uses[id(row)] for text in packages.get(ndc, [])]
        of_use = row["kind"] == "use"
        doses = doses_in(row["package"], of_use=of_use, inside=inside)
        facts = [row["package"], row["labeler"], doses, of_use, uses[id(row)], row["end"]]
        new = [row["ndc11"], row["product"], row["cvx"].zfill(2), mvx, *facts]
        old = kept.setdefault((row["ndc11"], row["cvx"]), new)
        # The same package stands twice, as sold and as used: what one line leaves unsaid, the other may say
        for column in (3, 4, 6):
            old[column] = old[column] if old[column] not in ("", None) else new[column]
    return list(kept.values())


def _uses(text: str) -> list[str]:
    found = (candidates(part) for part in re.split(r"[;,|\s]+", text) if part)
    return [codes[0] for codes in found if len(codes) == 1]
