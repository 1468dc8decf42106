"""Clinical Decision Support for Immunization: the CDC's logic specification 4.6, driven by its supporting data."""

from liaison.engines.cdsi.engine import AntigenEvaluation, DoseEvaluation, Process, Result, forecast
from liaison.engines.cdsi.groups import GroupForecast
from liaison.engines.cdsi.patient import Dose, Flag, Flagged, Observation, Patient
from liaison.engines.cdsi.schedule import Schedule
from liaison.engines.cdsi.schedule_file import NotASchedule, default_schedule
from liaison.engines.cdsi.series import EvaluationStatus, Reason, SeriesStatus

__all__ = [
    "AntigenEvaluation",
    "Dose",
    "DoseEvaluation",
    "EvaluationStatus",
    "Flag",
    "Flagged",
    "GroupForecast",
    "NotASchedule",
    "Observation",
    "Patient",
    "Process",
    "Reason",
    "Result",
    "Schedule",
    "SeriesStatus",
    "default_schedule",
    "forecast",
]
