"""What each kind of protocol step does. `DO` maps the kind to its function."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

from liaison.chart import actions as chart
from liaison.chart.vitals import FORM_KIND, Reading, Taken
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.change import Change
from liaison.visits.models import Step, Visit
from liaison.visits.protocol import StepRule
from liaison.visits.words import measured

_READING_FIELDS = frozenset(f.name for f in fields(Reading))
_SHORT = {
    "bp": "BP",
    "pulse": "Pulse",
    "temperature": "Temperature",
    "respiration": "Respiration",
    "spo2": "Oxygen saturation",
    "weight": "Weight",
    "height": "Height",
    "head": "Head circumference",
    "pain": "Pain",
}
_LEVEL = {"H": "high", "L": "low", "HH": "critically high", "LL": "critically low"}


@dataclass(frozen=True, slots=True)
class Doing:
    """A step being done: its change and visit, the protocol's rule, what was given, what was noted before."""

    this: Change
    actor: Actor
    visit: Visit
    rule: StepRule
    given: dict[str, Any]
    kept: Step | None

    @property
    def encounter_id(self) -> UUID:
        if self.visit.encounter_id is None:
            raise Conflict("not-checked-in", "Check the patient in first.")
        return self.visit.encounter_id


@dataclass(frozen=True, slots=True)
class Result:
    """Whether the step is done, and what is kept of it."""

    done: bool = True
    data: dict[str, Any] = field(default_factory=dict)


def reason(doing: Doing) -> Result:
    text = str(doing.given.get("text") or doing.given.get("reason") or "").strip()
    if not text:
        raise Invalid("no-reason", "Write the reason in the patient's words.", field="text")
    visit = doing.visit
    if visit.reason != text[:300]:
        visit.reason = text[:300]
        doing.this.save(visit, "reason")
        if visit.encounter is not None:
            visit.encounter.reason = visit.reason
            doing.this.save(visit.encounter, "reason")
    return Result(data={"text": visit.reason})


def vitals(doing: Doing) -> Result:
    readings = [_reading(given) for given in doing.given.get("readings", ())]
    if not readings:
        raise Invalid("nothing-measured", "Write at least one measurement.", field="readings")
    taken = chart.record_vitals(doing.actor, doing.encounter_id, readings)
    _alert(doing, taken)
    measured = list(doing.kept.data.get("measured", ())) if doing.kept else []
    measured += [r.kind for r in readings if r.kind not in measured]
    missing = [kind for kind in doing.rule.get("required", ()) if kind not in measured]
    return Result(done=not missing, data={"measured": measured, "missing": missing})


def _reading(given: Reading | dict[str, Any]) -> Reading:
    if isinstance(given, Reading):
        return given
    unknown = set(given) - _READING_FIELDS
    if unknown or not given.get("kind"):
        raise Invalid(
            "bad-reading", "A measurement has a kind, a value and a unit.", field=str(given.get("kind") or "readings")
        )
    return Reading(**given)


def _alert(doing: Doing, taken: list[Taken]) -> None:
    """Keep one alert for each abnormal measure: a repeat takes the place of what it repeats, and is told anew."""
    visit, before = doing.visit, {a["code"]: a for a in doing.visit.alerts}
    after = dict(before)
    for one in taken:
        code = FORM_KIND.get(one.observation.code)
        if code is None:
            continue
        earlier = before.get(code)
        if one.assessment.abnormal:
            text = f"{_said(code, one)}{', repeated' if earlier else ''}"
            after[code] = {
                "code": code,
                "text": text,
                "must_tell": one.tell_provider,
                "critical": one.assessment.critical,
                "at": doing.this.at.isoformat(),
            }
        elif earlier and not earlier.get("told_at"):
            after[code] = {
                **earlier,
                "text": f"{earlier['text']}; again {_value(one)}",
                "must_tell": earlier.get("critical", False),
            }
    alerts = list(after.values())
    if alerts == visit.alerts:
        return
    visit.alerts = alerts
    doing.this.save(visit, "alerts")
    for alert in alerts:
        if alert != before.get(alert["code"]) and alert["must_tell"]:
            doing.this.event("visits.alerted", visit=visit.pk, site=visit.site_id, code=alert["code"])


def _said(code: str, taken: Taken) -> str:
    level = _LEVEL.get(taken.observation.interpretation, "abnormal")
    return f"{_SHORT.get(code, code)} {_value(taken)}, {level}"


def _value(taken: Taken) -> str:
    return measured(taken.observation).removesuffix(" mmHg")


def medications(doing: Doing) -> Result:
    for row in doing.given.get("add", ()):
        chart.add_medication(doing.actor, doing.visit.patient_id, encounter_id=doing.encounter_id, **_row(row))
    for medication in doing.given.get("stop", ()):
        chart.stop_medication(
            doing.actor, UUID(str(medication)), str(doing.given.get("stop_reason") or "No longer taken")
        )
    return _reviewed(doing, "medications")


def allergies(doing: Doing) -> Result:
    for row in doing.given.get("add", ()):
        chart.add_allergy(doing.actor, doing.visit.patient_id, **_row(row))
    return _reviewed(doing, "allergies")


def history(doing: Doing) -> Result:
    text = str(doing.given.get("text") or "").strip()
    if text:
        chart.write_note(doing.actor, doing.encounter_id, "history", text)
    return _reviewed(doing, "history")


_ROW_FIELDS = {"display", "dosage", "system", "code", "category", "criticality", "reaction", "onset"}


def _row(given: dict[str, Any]) -> dict[str, Any]:
    unknown = set(given) - _ROW_FIELDS
    if unknown or not given.get("display"):
        raise Invalid("bad-row", "Write the name of what is to be added.", field="add")
    return given


def _reviewed(doing: Doing, what: str) -> Result:
    none_known = bool(doing.given.get("none_known"))
    chart.review(doing.actor, doing.encounter_id, what, none_known)
    return Result(
        data={
            "none_known": none_known,
            "added": len(doing.given.get("add", ())),
            "stopped": len(doing.given.get("stop", ())),
        }
    )


def questions(doing: Doing) -> Result:
    given = doing.given.get("answers") or {}
    answers: dict[str, Any] = {}
    for question in doing.rule.get("questions", ()):
        answer = given.get(question["key"])
        if answer in (None, ""):
            raise Invalid("unanswered", f"Ask: {question['text']}", field=question["key"])
        allowed = [str(option["value"]) for option in question.get("options", ())]
        if allowed and str(answer) not in allowed:
            raise Invalid("bad-answer", f"Choose one of the answers to: {question['text']}", field=question["key"])
        answers[question["key"]] = answer
    answers = answers or dict(given)
    score = sum(int(a) for a in answers.values() if str(a).lstrip("-").isdigit())
    positive = doing.rule.get("positive")
    if positive is not None and score >= positive:
        alert = {
            "code": doing.rule["key"],
            "text": f"{doing.rule['title']}: score {score}",
            "must_tell": True,
            "at": doing.this.at.isoformat(),
        }
        doing.visit.alerts = [a for a in doing.visit.alerts if a["code"] != alert["code"]] + [alert]
        doing.this.save(doing.visit, "alerts")
        doing.this.event("visits.alerted", visit=doing.visit.pk, site=doing.visit.site_id, code=doing.rule["key"])
    return Result(data={"answers": answers, "score": score})


def confirm(doing: Doing) -> Result:
    return Result()


DO: dict[str, Callable[[Doing], Result]] = {
    "reason": reason,
    "vitals": vitals,
    "medications": medications,
    "allergies": allergies,
    "history": history,
    "questions": questions,
    "confirm": confirm,
}
