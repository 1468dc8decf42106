"""The school form: what a school asks for, dose by dose, and whether each vaccine is complete or in process."""

from typing import Any

from liaison.engines.cdsi import SeriesStatus
from liaison.immunize.papers import compiled
from liaison.immunize.papers.certificate import heading
from liaison.immunize.papers.says import SAYS, group_name
from liaison.immunize.queries.due import Due, When
from liaison.immunize.queries.history import Group, History
from liaison.immunize.rules import SCHOOL, rule
from liaison.kernel.languages import language_in, said_day
from liaison.places.models import Site

COLUMNS = 6


def school_form(history: History, site: Site | None) -> bytes:
    """The form as a PDF in the patient's language. Which vaccines are required is a document of the practice."""
    body, _ = rule(SCHOOL)
    language = language_in(SAYS, history.patient.language)
    say = SAYS[language]
    facts = heading(history.patient, site, history.on, language)
    groups = {group.name: group for group in history.groups}
    rows = {
        name: _row(name, groups.get(name), history.picture.of(name), language)
        for name in (*body["required"], *body["also"])
    }
    facts["required"] = [rows[name] for name in body["required"]]
    facts["also"] = [rows[name] for name in body["also"] if rows[name]["doses"]]
    facts["columns"] = COLUMNS
    facts["exempt"] = [row["name"] for row in rows.values() if row["standing"] == "exempt"]
    standings = {row["standing"] for row in facts["required"]}
    overall = (
        "all_due" if standings & {"due", "overdue"} else "all_process" if "in_process" in standings else "all_complete"
    )
    facts["overall"] = say[overall]
    facts["source"] = body.get("note", "")
    return compiled("school.typ", facts)


def _row(name: str, group: Group | None, due: Due | None, language: str) -> dict[str, Any]:
    """Doses that count, newest last; a long history keeps its first columns and says how many there are more."""
    days = [said_day(line.on, language) for line in group.lines if line.counts] if group else []
    standing, words = _standing(due, language)
    shown = (
        days
        if len(days) <= COLUMNS
        else [*days[: COLUMNS - 1], SAYS[language]["more"].format(count=len(days) - COLUMNS + 1)]
    )
    return {"name": group_name(name, language), "doses": shown, "standing": standing, "words": words}


def _standing(due: Due | None, language: str) -> tuple[str, str]:
    say = SAYS[language]
    if due is None:
        return "not_needed", say["not_needed"]
    key = {
        When.OVERDUE: "overdue", When.DUE: "due", When.POSSIBLE: "in_process", When.LATER: "in_process",
        When.CONTRAINDICATED: "exempt",
    }.get(due.when)  # fmt: skip
    if key is None:
        key = {SeriesStatus.COMPLETE: "complete", SeriesStatus.IMMUNE: "immune"}.get(due.status, "not_needed")
    if key == "in_process" and not due.doses and due.when is When.LATER:
        key = "not_yet"
    until = due.past_due if key == "overdue" else due.recommended or due.earliest
    words = say[key].format(day=said_day(until, language) if until else "", number=due.number or "")
    return key, words
