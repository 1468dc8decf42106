"""Figure 4-1: the whole process for one patient, and its answer."""

from dataclasses import dataclass
from datetime import date

from liaison.engines.cdsi.best import best, prioritized
from liaison.engines.cdsi.groups import GroupForecast, group_forecasts
from liaison.engines.cdsi.patient import Administered, Dose, Flagged, History, Patient
from liaison.engines.cdsi.process import AntigenRun
from liaison.engines.cdsi.relevant import may_concern
from liaison.engines.cdsi.schedule import Schedule
from liaison.engines.cdsi.schedule_file import default_schedule
from liaison.engines.cdsi.series import EvaluationStatus, Finding, PatientSeries


@dataclass(frozen=True, slots=True)
class AntigenEvaluation:
    """How a dose counts for one antigen in one series; `followed`: a series that the patient is forecast by."""

    antigen: str
    series: str
    series_group: str
    target_dose: int | None
    status: EvaluationStatus
    findings: tuple[Finding, ...]
    followed: bool


@dataclass(frozen=True, slots=True)
class DoseEvaluation:
    """A dose as it was entered, with what it counts for; `entered` is its place among the doses given."""

    entered: int
    dose: Dose
    by_antigen: tuple[AntigenEvaluation, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer for a patient: every dose evaluated, a forecast for each vaccine group, and what was flagged."""

    doses: tuple[DoseEvaluation, ...]
    forecasts: tuple[GroupForecast, ...]
    flagged: tuple[Flagged, ...]


class Process:
    """The process with all its steps kept, for whoever explains it; `result` is what `forecast` answers."""

    def __init__(self, patient: Patient, assessment_date: date, schedule: Schedule | None = None) -> None:
        self.patient = patient
        self.schedule = schedule or default_schedule()
        self.history = History(patient, assessment_date, self.schedule)
        self.runs: dict[str, AntigenRun] = {}
        """The antigens that have a relevant patient series, by name."""
        for name, antigen in self.schedule.antigens.items():
            if may_concern(antigen, self.history):
                run = AntigenRun(antigen, self.history)
                if run.defaults or run.series:
                    self.runs[name] = run
        self._spoken: dict[str, list[tuple[PatientSeries, bool]]] = {}
        self.prioritized = {name: prioritized(run) for name, run in self.runs.items()}
        self.best = {name: best(found, self.runs[name]) for name, found in self.prioritized.items()}

    def forecasts(self) -> list[GroupForecast]:
        """The vaccine group forecasts, in the schedule's order; of one group the first speaks for the patient."""
        found: list[GroupForecast] = []
        for group in self.schedule.groups:
            found += group_forecasts(group, self.best, self.prioritized, self.runs, self.history)
        return found

    def result(self) -> Result:
        """Doses in order of time, forecasts by vaccine group."""
        doses = tuple(
            DoseEvaluation(dose.entered, dose.dose, tuple(self._evaluations(dose))) for dose in self.history.doses
        )
        return Result(doses, tuple(self.forecasts()), tuple(self.history.flagged))

    def series_for(self, antigen: str) -> list[PatientSeries]:
        """The prioritized series of an antigen, those that it is forecast by first: each says how a dose counts."""
        found = [choice.series for choice in self.prioritized.get(antigen, {}).values()]
        best = {id(series) for series in self.best.get(antigen, ())}
        return sorted((self.runs[antigen].evaluated(series) for series in found), key=lambda s: id(s) not in best)

    def _evaluations(self, dose: Administered) -> list[AntigenEvaluation]:
        return [
            _evaluation(antigen, series, dose, followed)
            for antigen in dose.antigens
            for series, followed in self._speaking(antigen)
        ]

    def _speaking(self, antigen: str) -> list[tuple[PatientSeries, bool]]:
        found = self._spoken.get(antigen)
        if found is None:
            found = [(series, self.follows(antigen, series)) for series in self.series_for(antigen)]
            self._spoken[antigen] = found
        return found

    def follows(self, antigen: str, series: PatientSeries) -> bool:
        """Whether the patient is forecast by a series: it is a best series, or the antigen has none."""
        best = self.best.get(antigen)
        return not best or any(found is series for found in best)


def _evaluation(antigen: str, series: PatientSeries, dose: Administered, followed: bool) -> AntigenEvaluation:
    evaluation = series.verdicts[dose.index]
    number = evaluation.target.number if evaluation.target else None
    return AntigenEvaluation(
        antigen, series.series.name, series.series.group, number, evaluation.status, evaluation.findings, followed
    )


def forecast(patient: Patient, assessment_date: date, schedule: Schedule | None = None) -> Result:
    """Evaluate a patient's doses and forecast what is due, by a schedule (the packaged one unless another is given).

    The same input gives the same answer; the order in which doses are entered does not matter. Nothing is raised for
    bad entries: they are flagged in the result, and the rest goes on.
    """
    return Process(patient, assessment_date, schedule).result()
