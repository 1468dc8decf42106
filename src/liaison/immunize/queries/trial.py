"""A dose tried before it is given: what it would count for, and what the schedule says against it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from liaison.engines import cdsi
from liaison.engines.cdsi import EvaluationStatus
from liaison.engines.vaccines import facts
from liaison.immunize import schedule
from liaison.kernel import clock


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dose would count for if it were given on a day.

    `valid` are the vaccine groups in which it would be a valid dose of a vaccine that the schedule prefers at this
    age; `problems` what the rules say against it; `surplus` the antigens of which no dose is asked for.
    """

    valid: tuple[str, ...]
    problems: tuple[str, ...]
    surplus: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it may be given by the schedule alone: something is gained, and nothing speaks against it."""
        return bool(self.valid) and not self.problems

    @property
    def why_not(self) -> str:
        """What speaks against it, in sentences."""
        return " ".join(self.problems) or f"No dose is asked for: {', '.join(self.surplus)}."


def try_dose(seen: cdsi.Patient, cvx: str, on: date, mvxs: Iterable[str] = ()) -> Trial:
    """Evaluate a dose that is not given yet, as the schedule would once it is.

    `seen` is the patient as the engine sees one (`seen_of`). Some series prefer one manufacturer's product: the best
    of what `mvxs` make of it; without them any of the vaccine's makers may be meant.
    """
    makers = tuple(mvxs) or tuple(dict.fromkeys(("", *(name.mvx for name in facts().trade_names(cvx) if name.active))))
    tried = [_tried(seen, cdsi.Dose(on, cvx, mvx or None), on) for mvx in makers[:1]]
    for mvx in makers[1:]:
        if tried[-1].counts:
            break
        tried.append(_tried(seen, cdsi.Dose(on, cvx, mvx or None), on))
    return max(tried, key=lambda one: (one.counts, len(one.valid)))


def _tried(seen: cdsi.Patient, dose: cdsi.Dose, on: date) -> Trial:
    result = cdsi.forecast(replace(seen, doses=(*seen.doses, dose)), on, schedule.in_force())
    flag = next((f.flag for f in result.flagged if f.kind == "dose" and f.index == len(seen.doses)), None)
    if flag is cdsi.Flag.SAME_DAY:
        return Trial((), ("The same vaccine was given on this day already.",))
    evaluated = next((one for one in result.doses if one.entered == len(seen.doses)), None)
    if evaluated is None:
        return Trial((), (f"The dose {flag.value}." if flag else "The schedule does not know this vaccine.",))
    groups = schedule.groups_by_antigen()
    good = [e for e in evaluated.by_antigen if e.status is EvaluationStatus.VALID and not _second_best(e)]
    surplus = [e.antigen for e in evaluated.by_antigen if e.status is EvaluationStatus.EXTRANEOUS]
    wrong = [e for e in evaluated.by_antigen if e not in good and e.antigen not in surplus]
    from_on = _earliest(cdsi.Process(seen, on, schedule.in_force())) if wrong else {}
    problems = [_problem(e, from_on.get(groups.get(e.antigen, "")), on) for e in wrong]
    valid = [groups.get(e.antigen, e.antigen) for e in good]
    return Trial(tuple(dict.fromkeys(valid)), tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(surplus)))


def _second_best(evaluation: cdsi.AntigenEvaluation) -> bool:
    """Whether the dose would count, and yet is not what anybody should choose: a child's vaccine for an adult."""
    return any(finding.reason is cdsi.Reason.NOT_PREFERABLE for finding in evaluation.findings)


def _earliest(process: cdsi.Process) -> dict[str, date | None]:
    """From when on a dose may be given, by vaccine group: the schedule's minimum, without the days of grace."""
    found: dict[str, date | None] = {}
    for each in process.result().forecasts:
        found.setdefault(each.vaccine_group, each.earliest)
    return found


def _problem(evaluation: cdsi.AntigenEvaluation, earliest: date | None, on: date) -> str:
    if _second_best(evaluation):
        return f"{evaluation.antigen}: another vaccine is preferred at this age."
    words = "; ".join(finding.reason.words.lower() for finding in evaluation.findings) or evaluation.status.value
    until = f"; not before {clock.told(earliest)}" if earliest and earliest > on else ""
    return f"{evaluation.antigen}: {words}{until}."
