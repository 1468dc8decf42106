"""Cases as JSON lines: a patient read from a line, the answer as a line, and the answer compared with what is expected.

A line has id, dob, gender, assessment_date, observations [{code, date}] and doses [{date, cvx, mvx}]; the CDC's test
cases have vaccine_group, expected and the doses' expected_status too. A fault of one dose or observation is told and
the rest goes on; a fault of the whole line is `BadCase`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from liaison.engines.cdsi.engine import AntigenEvaluation, DoseEvaluation, Process, Result
from liaison.engines.cdsi.groups import GroupForecast
from liaison.engines.cdsi.patient import Dose, Flagged, Observation, Patient
from liaison.engines.cdsi.schedule import Schedule
from liaison.engines.cdsi.schedule_file import default_schedule
from liaison.engines.cdsi.series import EvaluationStatus, SeriesStatus

_Row = Mapping[str, Any]
DATES = ("earliest", "recommended", "past_due")
FIRST_YEAR, LAST_YEAR = 1850, 2150
GENDERS = frozenset({"F", "M", "FEMALE", "MALE", "", "U", "UNKNOWN", "X", "O", "OTHER"})
# A patient with a thousand doses fits ten times
LONGEST = 1_000_000
TOO_LONG = f"The line is longer than {LONGEST:,} characters."
_FAVOUR = [
    EvaluationStatus.VALID,
    EvaluationStatus.EXTRANEOUS,
    EvaluationStatus.NOT_VALID,
    EvaluationStatus.SUB_STANDARD,
]
"""From what counts most for a patient to what counts least."""


class BadCase(Exception):
    """A line that is no case; `case_id` where there is one, and a sentence that says what is wrong."""

    def __init__(self, sentence: str, case_id: str | None = None) -> None:
        super().__init__(sentence)
        self.case_id = case_id


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it was read: the patient, and for each dose and observation of the line its place in the patient.

    `dose_places` and `observation_places` have None for what could not be read; `faults` says why.
    """

    id: str
    suite: str
    name: str
    patient: Patient
    assessment_date: date
    vaccine_group: str | None
    row: _Row
    dose_places: tuple[int | None, ...]
    observation_places: tuple[int | None, ...]
    faults: tuple[str, ...]


def read_case(line: str) -> Case:
    """The case of a line; `BadCase` when nobody can tell whom or which day it is about."""
    if len(line) > LONGEST:
        raise BadCase(TOO_LONG)
    try:
        row = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadCase("The line is not JSON.") from None
    if not isinstance(row, dict):
        raise BadCase("The line is not a JSON object.")
    case_id = _words(row.get("id"))
    born = _date(row.get("dob"))
    today = _date(row.get("assessment_date"))
    if born is None or today is None:
        field = "dob" if born is None else "assessment_date"
        raise BadCase(f"{field} is not a date such as 2025-11-10: {_shown(row.get(field))}.", case_id)
    for field, day in (("dob", born), ("assessment_date", today)):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadCase(f"{field} is not between {FIRST_YEAR} and {LAST_YEAR}: {day}.", case_id)
    if today < born:
        raise BadCase("The assessment date is before birth.", case_id)
    faults: list[str] = []
    gender = _words(row.get("gender"))
    if gender.upper() not in GENDERS:
        faults.append(f"Gender {_shown(gender)} is neither F nor M and was taken as unknown.")
    doses, dose_places = _doses(_list(row, "doses", case_id), faults)
    observations, observation_places = _observations(_list(row, "observations", case_id), faults)
    patient = Patient(born, gender, tuple(doses), tuple(observations), _words(row.get("country_of_birth")))
    group = _words(row.get("vaccine_group")) or None
    if not isinstance(row.get("expected") or {}, dict):
        raise BadCase("expected is not an object.", case_id)
    suite, name = _words(row.get("suite")), _words(row.get("name"))
    return Case(case_id, suite, name, patient, today, group, row, dose_places, observation_places, tuple(faults))


def _words(value: object) -> str:
    """A text or a number as it stands, and nothing for anything else; half of a character becomes a question mark."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).encode("utf-8", "replace").decode()


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _shown(value: object) -> str:
    """What was entered, for a sentence: not more of it than anybody wants to read."""
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _list(row: _Row, field: str, case_id: str) -> list[Any]:
    found = row.get(field)
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadCase(f"{field} is not a list.", case_id)
    return found


def _doses(rows: list[Any], faults: list[str]) -> tuple[list[Dose], tuple[int | None, ...]]:
    doses: list[Dose] = []
    places: list[int | None] = []
    for number, row in enumerate(rows, 1):
        given = _date(row.get("date")) if isinstance(row, dict) else None
        cvx = _words(row.get("cvx")) if isinstance(row, dict) else ""
        if given is None or not cvx:
            faults.append(f"Dose {number} has no {'date' if given is None else 'CVX code'} and was left out.")
            places.append(None)
            continue
        places.append(len(doses))
        expires, condition = _last_day(row.get("lot_expiration")), row.get("sub_standard")
        if row.get("lot_expiration") and expires is None:
            faults.append(f"The lot expiration of dose {number} is no date, and does not count.")
        if condition not in (None, True, False):
            faults.append(f"sub_standard of dose {number} is neither true nor false, and does not count.")
        doses.append(Dose(given, cvx, _words(row.get("mvx")) or None, expires, condition is True))
    return doses, tuple(places)


def _last_day(text: object) -> date | None:
    """CALCDTLOTEXP-1: the day, or the last of the month where only month and year are known."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}", text):
        first = _date(f"{text}-01")
        return None if first is None else (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return _date(text)


def _observations(rows: list[Any], faults: list[str]) -> tuple[list[Observation], tuple[int | None, ...]]:
    found: list[Observation] = []
    places: list[int | None] = []
    for number, row in enumerate(rows, 1):
        code = _words(row.get("code")) if isinstance(row, dict) else ""
        if not code:
            faults.append(f"Observation {number} has no code and was left out.")
            places.append(None)
            continue
        day = _date(row.get("date"))
        if row.get("date") and day is None:
            faults.append(f"The date of observation {number} ({_shown(code)}) is no date, and does not count.")
        places.append(len(found))
        found.append(Observation(code, day))
    return found, tuple(places)


def answer(case: Case, schedule: Schedule | None = None) -> dict[str, Any]:
    """The line out for a case: id, doses, forecasts, and flags with a sentence for each thing that was left out.

    A dose has the status that counts most in the best series of each antigen; of several antigens the one that counts
    least, among those of the case's vaccine group where the line names one and the dose belongs to it.
    """
    schedule = schedule or default_schedule()
    result = Process(case.patient, case.assessment_date, schedule).result()
    return {
        "id": case.id,
        "doses": _dose_rows(case, result, schedule),
        "forecasts": [forecast_row(found, schedule) for found in result.forecasts],
        "flags": [*case.faults, *(_sentence(case, flagged) for flagged in result.flagged)],
    }


def _dose_rows(case: Case, result: Result, schedule: Schedule) -> list[dict[str, Any]]:
    evaluated = {found.entered: found for found in result.doses}
    flags = {found.index: found.flag.value for found in result.flagged if found.kind == "dose"}
    antigens = {a for group in schedule.groups if group.name == case.vaccine_group for a in group.antigens}
    rows = []
    for row, place in zip(case.row.get("doses") or [], case.dose_places, strict=True):
        told = row if isinstance(row, dict) else {}
        entered = {field: _words(told.get(field)) or None for field in ("date", "cvx")}
        out: dict[str, Any] = {**entered, "status": None, "reason": None}
        found = evaluated.get(place) if place is not None else None
        if found is None:
            out["reason"] = "cannot be read" if place is None else flags.get(place)
        out["by_antigen"] = [_antigen_row(each) for each in found.by_antigen] if found else []
        if found and (overall := overall_evaluation(found, antigens)):
            out["status"] = overall.status.value
            out["reason"] = "; ".join(finding.reason.words for finding in overall.findings) or None
        rows.append(out)
    return rows


def overall_evaluation(dose: DoseEvaluation, antigens: set[str]) -> AntigenEvaluation | None:
    """The one evaluation that speaks for a dose among several (see `answer`); None when no series evaluates it."""
    by_antigen: dict[str, AntigenEvaluation] = {}
    for found in dose.by_antigen:
        known = by_antigen.get(found.antigen)
        if known is None or _FAVOUR.index(found.status) < _FAVOUR.index(known.status):
            by_antigen[found.antigen] = found
    asked = [found for antigen, found in by_antigen.items() if antigen in antigens] or list(by_antigen.values())
    return max(asked, key=lambda found: _FAVOUR.index(found.status), default=None)


def _antigen_row(found: AntigenEvaluation) -> dict[str, Any]:
    return {
        "antigen": found.antigen,
        "series": found.series,
        "target_dose": found.target_dose,
        "status": found.status.value,
        "reasons": [{"text": each.reason.words, "rule": each.reason.rule} for each in found.findings],
    }


def forecast_row(found: GroupForecast, schedule: Schedule) -> dict[str, Any]:
    """A vaccine group forecast for machines; dates are ISO dates, and null where there is none."""
    return {
        "vaccine_group": found.vaccine_group,
        "series_type": found.series_type.lower(),
        "series": list(found.series),
        "series_status": found.status.value.lower(),
        "forecast_number": found.number,
        "earliest": _iso(found.earliest),
        "recommended": _iso(found.recommended),
        "past_due": _iso(found.past_due),
        "latest": _iso(found.latest),
        "reason": "; ".join(found.reasons or reasons_of_dates(found)) or None,
        "vaccines": [
            {"cvx": v.cvx, "mvx": v.mvx, "name": v.trade_name or schedule.vaccine_names.get(v.cvx)}
            for v in found.vaccines
        ],
        "guidance": list(found.guidance),
    }


def reasons_of_dates(found: GroupForecast) -> list[str]:
    """Which rule gave the earliest and the recommended date of a forecast: "recommended: minimum interval (...)"."""
    reasons: dict[str, None] = {}
    if found.status is SeriesStatus.NOT_COMPLETE:
        for label, day in (("earliest", found.earliest), ("recommended", found.recommended)):
            for basis in (b for f in found.contained for b in f.basis):
                if day is not None and basis.day == day.toordinal() and not basis.rule.endswith(("AGE-2", "INT-6")):
                    reasons[f"{label}: {basis.what} ({basis.rule})"] = None
                    break
    return list(reasons)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _sentence(case: Case, flagged: Flagged) -> str:
    """Names a dose or observation as the line has it; its number counts from one."""
    if flagged.kind == "dose":
        number = case.dose_places.index(flagged.index) + 1
        return f"Dose {number} (CVX {case.patient.doses[flagged.index].cvx}) {flagged.flag.value}."
    number = case.observation_places.index(flagged.index) + 1
    return f"Observation {number} ({case.patient.observations[flagged.index].code}) {flagged.flag.value}."


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which an answer is not what a case expects."""

    what: str
    expected: str
    got: str


def compare(case: Case, answered: _Row) -> list[Difference]:
    """Where an answer differs from the case's `expected` and its doses' `expected_status`; blanks are not compared.

    The forecast compared is the first of the case's vaccine group.
    """
    expected: _Row = case.row.get("expected") or {}
    found = next((f for f in answered["forecasts"] if f["vaccine_group"] == case.vaccine_group), None)
    differences = []
    if found is None:
        differences.append(Difference("forecast", str(expected.get("series_status")), "none"))
    else:
        for field in ("series_status", "forecast_number", *DATES):
            if (wanted := expected.get(field)) is not None and str(wanted).lower() != str(found[field]).lower():
                differences.append(Difference(field, str(wanted), str(found[field])))
    for number, (told, got) in enumerate(zip(case.row.get("doses") or [], answered["doses"], strict=True), 1):
        wanted = told.get("expected_status") if isinstance(told, dict) else None
        if wanted and wanted != got["status"]:
            reason = f" ({got['reason']})" if got["reason"] else ""
            differences.append(Difference(f"dose {number} (CVX {got['cvx']})", str(wanted), f"{got['status']}{reason}"))
    return differences
