"""A release of the CDC's supporting data, read from its XML files into the document of a schedule file.

The files' traps are met here, so that nothing behind this module knows of them: blanks around names, uneven case in the
words of conditional skips, empty elements that mean "does not apply". What is not understood is refused with the file,
the series and the dose, and every fault of a release is told, not the first alone.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from liaison.engines.cdsi.dates import duration

SOURCE = "CDC Clinical Decision Support for Immunization, supporting data"
_COUNTS = {"vaccine count by age", "vaccine count by date", "vaccine count by date and age"}
_KINDS = {"age": "age", "completed series": "series", "interval": "interval"} | dict.fromkeys(_COUNTS, "count")
# The largest file of release 4.64 has 0.3 MB
LARGEST = 20_000_000
_CONFLICT_SPANS = ("conflictBeginInterval", "minConflictEndInterval", "conflictEndInterval")
_TYPES = {"standard": "Standard", "risk": "Risk", "evaluation only": "Evaluation Only"}


class BrokenRelease(Exception):
    """The folder is no release that can be loaded; `faults` has a sentence for each reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_release(folder: Path, version: str) -> dict[str, Any]:
    """The document of a schedule file, from a folder with the XML files of a release; `BrokenRelease` lists faults."""
    faults: list[str] = []
    schedules = sorted(folder.glob("ScheduleSupportingData*.xml"))
    files = sorted(folder.glob("AntigenSupportingData*.xml"))
    if not schedules or not files:
        raise BrokenRelease([f"{folder} has no ScheduleSupportingData.xml with AntigenSupportingData files beside it"])
    reader = _Reader(faults)
    whole = reader.parse(schedules[0])
    antigens = [found for path in files if (root := reader.parse(path)) is not None and (found := reader.antigen(root))]
    document = {"source": SOURCE, "version": version}
    if whole is not None:
        reader.where = schedules[0].name
        document |= reader.schedule(whole)
        reader.check_references(document, antigens)
    if faults:
        raise BrokenRelease(faults)
    return document | {
        "antigens": antigens,
        "vaccine_lists": reader.lists.rows,
        "vaccine_sets": reader.sets.rows,
    }


def code(text: str) -> str:
    """A CVX code as it is written in the tables: two digits at least."""
    return text.strip().zfill(2)


class _Shared:
    """Values that stand once in the file and are named by their number."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[str, int] = {}

    def number(self, row: list[Any]) -> int:
        key = repr(row)
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(row)
        return self._numbers[key]


def _text(element: ET.Element, tag: str) -> str:
    found = re.sub(r"\s+", " ", element.findtext(tag) or "").strip()
    return "" if found.lower() == "n/a" else found


def _filled(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    """The elements that say something: an empty one means that the rule does not apply."""
    return (found for found in element.findall(tag) if any((part.text or "").strip() for part in found.iter()))


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing; a zero says something."""
    return {key: value for key, value in row.items() if value is not None and value is not False and value != []}


class _HasDoctype(Exception):
    """The file declares a document type."""


class _WithoutDoctype(ET.TreeBuilder):
    """Refuses a document type, and with it every entity: a release has none."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _HasDoctype("it declares a document type, which a release does not")


class _Reader:
    """Reads elements, and notes what it does not understand with the place where it stands."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        self.where = ""
        self.lists = _Shared()
        self.sets = _Shared()

    def parse(self, path: Path) -> ET.Element | None:
        self.where = path.name
        try:
            if path.stat().st_size > LARGEST:
                self.fault(f"the file is larger than {LARGEST // 1_000_000} MB; a release's are not")
                return None
            parser = ET.XMLParser(target=_WithoutDoctype())  # noqa: S314  # it refuses what endangers
            return ET.fromstring(path.read_bytes(), parser)  # noqa: S314  # as above
        except (ET.ParseError, OSError, _HasDoctype, LookupError, ValueError) as error:
            self.fault(f"the file cannot be read: {error}")
            return None

    def fault(self, words: str) -> None:
        self.faults.append(f"{self.where}: {words}")

    def _converted(self, convert: Callable[[str], Any], text: str, words: str) -> Any:
        try:
            return convert(text)
        except ValueError:
            self.fault(f"{text!r} is no {words}")
            return None

    def span(self, element: ET.Element, tag: str) -> str | None:
        text = _text(element, tag)
        return text if text and self._converted(duration, text, f"duration ({tag})") else None

    def day(self, element: ET.Element, tag: str) -> str | None:
        """Releases write dates as 20250701 and as 01/01/1957."""
        text = _text(element, tag)
        form = "%m/%d/%Y" if "/" in text else "%Y%m%d"
        if not text:
            return None
        return self._converted(lambda t: datetime.strptime(t, form).date().isoformat(), text, tag)  # noqa: DTZ007  # a day

    def number(self, text: str, words: str) -> int | None:
        digits = re.sub(r"^Dose ", "", text)
        found: int | None = self._converted(int, digits, words)
        return found

    def cvx(self, element: ET.Element, tag: str) -> str:
        text = _text(element, tag)
        if not text.isdigit():
            self.fault(f"{text!r} is no CVX code")
        return code(text)

    def yes(self, element: ET.Element, tag: str) -> bool:
        return _text(element, tag).lower() in ("y", "yes")

    def choice(self, choices: dict[str, str], text: str, words: str) -> str:
        if text.lower() not in choices:
            self.fault(f"{text!r} is no {words} that this engine knows")
        return choices.get(text.lower(), "")

    def schedule(self, root: ET.Element) -> dict[str, Any]:
        """What holds for all antigens."""
        conflicts: dict[tuple[str | None, ...], list[list[str]]] = {}
        for found in root.iter("liveVirusConflict"):
            spans = tuple(self.span(found, tag) for tag in _CONFLICT_SPANS)
            pair = [self.cvx(found, "current/cvx"), self.cvx(found, "previous/cvx")]
            if None in spans:
                self.fault(f"the conflict of the vaccines {' and '.join(pair)} has not all its intervals")
            conflicts.setdefault(spans, []).append(pair)
        full = {_text(g, "name") for g in root.iter("vaccineGroup") if self.yes(g, "administerFullVaccineGroup")}
        groups = []
        for found in root.iter("vaccineGroupMap"):
            name = _text(found, "name")
            groups.append([name, [(a.text or "").strip() for a in found.findall("antigen")], name in full])
        vaccines = []
        for found in root.iter("cvxMap"):
            associations = [
                [_text(a, "antigen"), self.span(a, "associationBeginAge"), self.span(a, "associationEndAge")]
                for a in found.findall("association")
            ]
            vaccines.append([self.cvx(found, "cvx"), _text(found, "shortDescription"), associations])
        observations = [
            [
                _text(o, "observationCode"),
                _text(o, "observationTitle"),
                [[_text(v, "codeSystem"), _text(v, "code")] for v in o.iter("codedValue")],
            ]
            for o in root.iter("observation")
        ]
        return {
            "groups": groups,
            "vaccines": vaccines,
            "conflicts": [[list(spans), pairs] for spans, pairs in conflicts.items()],
            "observations": observations,
        }

    def antigen(self, root: ET.Element) -> dict[str, Any] | None:
        """One antigen's file."""
        file = self.where
        series = []
        for found in root.findall("series"):
            self.where = f"{file}, {_text(found, 'seriesName')}"
            series.append(self.series(found))
        self.where = file
        names = {_text(found, "targetDisease") for found in root.findall("series")}
        if len(names) != 1:
            self.fault("an antigen's file has series, all for one disease")
            return None
        return {
            "name": names.pop(),
            "immune_by": [_text(c, "guidelineCode") for c in root.iterfind("immunity/clinicalHistory")],
            "immune_by_birth": [
                [
                    self.day(found, "immunityBirthDate"),
                    _text(found, "birthCountry"),
                    [_text(e, "exclusionCode") for e in found.findall("exclusion")],
                ]
                for found in root.iterfind("immunity/dateOfBirth")
                if _text(found, "immunityBirthDate")
            ],
            "contraindications": [
                self.contraindication(c) for c in root.iterfind("contraindications/vaccineGroup/contraindication")
            ],
            "vaccine_contraindications": [
                self.contraindication(c) for c in root.iterfind("contraindications/vaccine/contraindication")
            ],
            "series": series,
        }

    def contraindication(self, found: ET.Element) -> list[Any]:
        vaccines = [
            [self.cvx(v, "cvx"), self.span(v, "beginAge"), self.span(v, "endAge")]
            for v in _filled(found, "contraindicatedVaccine")
        ]
        return [
            _text(found, "observationCode"),
            _text(found, "contraindicationGuidance"),
            self.span(found, "beginAge"),
            self.span(found, "endAge"),
            vaccines,
        ]

    def series(self, found: ET.Element) -> dict[str, Any]:
        select = found.find("selectSeries")
        if select is None:
            self.fault("the series has no selectSeries")
            select = ET.Element("selectSeries")
        place = self.where
        doses = []
        for dose in found.findall("seriesDose"):
            self.where = f"{place}, {_text(dose, 'doseNumber')}"
            doses.append(self.dose(dose))
        self.where = place
        preference = _text(select, "seriesPreference")
        return {
            "name": _text(found, "seriesName"),
            "vaccine_group": _text(found, "vaccineGroup"),
            "type": self.choice(_TYPES, _text(found, "seriesType"), "series type"),
            "group": _text(select, "seriesGroup"),
            "group_name": _text(select, "seriesGroupName"),
            "equivalent_groups": re.findall(r"\d+", _text(found, "equivalentSeriesGroups")),
            "genders": [(g.text or "").strip() for g in _filled(found, "requiredGender")],
            "default": self.yes(select, "defaultSeries"),
            "product_path": self.yes(select, "productPath"),
            "priority": _text(select, "seriesPriority"),
            "preference": self.number(preference, "series preference") if preference else 0,
            "minimum_age_to_start": self.span(select, "minAgeToStart"),
            "maximum_age_to_start": self.span(select, "maxAgeToStart"),
            "guidance": [re.sub(r"\s+", " ", g.text or "").strip() for g in _filled(found, "seriesAdminGuidance")],
            "indications": [self.indication(i) for i in _filled(found, "indication")],
            "doses": doses,
        }

    def indication(self, found: ET.Element) -> list[Any]:
        ages = [self.span(found, "beginAge"), self.span(found, "endAge")]
        return [_text(found, "observationCode/code"), *ages, _text(found, "guidance")]

    def dose(self, found: ET.Element) -> dict[str, Any]:
        tags = ("absMinAge", "minAge", "earliestRecAge", "latestRecAge", "maxAge")
        dose: dict[str, Any] = {
            "number": self.number(_text(found, "doseNumber"), "dose number"),
            "ages": [[*(self.span(age, tag) for tag in tags), self.period(age)] for age in _filled(found, "age")],
            "intervals": [self.interval(i) for i in _filled(found, "interval")],
            "allowable_intervals": [self.interval(i) for i in _filled(found, "allowableInterval")],
            "preferable": self.lists.number([self.vaccine(v) for v in _filled(found, "preferableVaccine")]),
            "allowable": self.lists.number([self.vaccine(v) for v in _filled(found, "allowableVaccine")]),
            "inadvertent": self.codes([_text(v, "cvx") for v in _filled(found, "inadvertentVaccine")]),
            "skips": [self.skip(s) for s in _filled(found, "conditionalSkip")],
            "recurring": self.yes(found, "recurringDose"),
        }
        for season in _filled(found, "seasonalRecommendation"):
            dose["season"] = [self.day(season, "startDate"), self.day(season, "endDate")]
        return _said(dose)

    def codes(self, texts: list[str]) -> int:
        return self.sets.number(sorted({code(text) for text in texts if text.strip()}))

    def period(self, found: ET.Element) -> list[str | None] | None:
        bounds = [self.day(found, "effectiveDate"), self.day(found, "cessationDate")]
        return bounds if any(bounds) else None

    def vaccine(self, found: ET.Element) -> list[Any]:
        return [
            self.cvx(found, "cvx"),
            self.span(found, "beginAge"),
            self.span(found, "endAge"),
            _text(found, "mvx") or None,
            _text(found, "tradeName") or None,
            self.volume(found),
            self.yes(found, "forecastVaccineType"),
        ]

    def volume(self, found: ET.Element) -> float | None:
        text = _text(found, "volume")
        number: float | None = self._converted(float, text, "volume") if text else None
        return number

    def interval(self, found: ET.Element) -> dict[str, Any]:
        row: dict[str, Any] = {
            "from": "previous" if self.yes(found, "fromPrevious") else "other",
            "spans": [self.span(found, tag) for tag in ("absMinInt", "minInt", "earliestRecInt", "latestRecInt")],
        }
        if target := _text(found, "fromTargetDose"):
            row["target_dose"] = self.number(target, "target dose number")
        if recent := _text(found, "fromMostRecent"):
            row["most_recent"] = self.codes(re.split(r"[;,]", recent))
        if observation := _text(found, "fromRelevantObs/code"):
            row["observation"] = observation
        if _text(found, "intervalPriority").lower() in ("y", "override"):
            row["priority"] = True
        if period := self.period(found):
            row["period"] = period
        return row

    def skip(self, found: ET.Element) -> dict[str, Any]:
        contexts = {word: word for word in ("evaluation", "forecast", "both")}
        return {
            "context": self.choice(contexts, _text(found, "context"), "context of a conditional skip"),
            "all_of": _text(found, "setLogic").lower() != "or",
            "sets": [self.skip_set(s) for s in _filled(found, "set")],
        }

    def skip_set(self, found: ET.Element) -> dict[str, Any]:
        row: dict[str, Any] = {
            "all_of": _text(found, "conditionLogic").lower() != "or",
            "conditions": [self.condition(c) for c in _filled(found, "condition")],
        }
        if period := self.period(found):
            row["period"] = period
        return row

    def condition(self, found: ET.Element) -> dict[str, Any]:
        kind = self.choice(_KINDS, _text(found, "conditionType"), "conditional skip condition")
        row: dict[str, Any] = {
            "kind": kind,
            "start": self.day(found, "startDate"),
            "end": self.day(found, "endDate"),
            "begin_age": self.span(found, "beginAge"),
            "end_age": self.span(found, "endAge"),
            "interval": self.span(found, "interval"),
            "series_groups": re.findall(r"\d+", _text(found, "seriesGroups")),
        }
        if kind == "count":
            logics = {word: word for word in ("greater than", "equal to", "less than")}
            row["count"] = self.number(_text(found, "doseCount"), "dose count")
            row["count_logic"] = self.choice(logics, _text(found, "doseCountLogic"), "dose count logic")
            row["valid_only"] = _text(found, "doseType").lower() == "valid"
            row["vaccines"] = self.codes(re.split(r"[;,]", _text(found, "vaccineTypes")))
        return _said(row)

    def check_references(self, document: dict[str, Any], antigens: list[dict[str, Any]]) -> None:
        """Antigens and groups that are named are there."""
        known = {antigen["name"] for antigen in antigens}
        for name, members, _ in document["groups"]:
            for antigen in set(members) - known:
                self.fault(f"the vaccine group {name} names the antigen {antigen}, which has no file")
        for cvx, _, associations in document["vaccines"]:
            for antigen in {found[0] for found in associations} - known:
                self.fault(f"the vaccine {cvx} names the antigen {antigen}, which has no file")
