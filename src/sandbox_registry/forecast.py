"""The registry's own opinion of a history, and what it says is due: by the CDC's rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from liaison.engines import cdsi
from liaison.engines.hl7v2 import Coded, Dose, Evaluation, KnownDose, Person, Recommendation
from liaison.engines.vaccines import facts

# The CVX of each vaccine group as registries name it: an unspecified formulation
_GROUP_CVX = {
    "COVID-19": "213",
    "DTaP/Tdap/Td": "107",
    "HepA": "85",
    "HepB": "45",
    "Hib": "17",
    "HPV": "137",
    "Influenza": "88",
    "MMR": "03",
    "Meningococcal": "108",
    "Meningococcal B": "164",
    "Pneumococcal": "152",
    "Polio": "89",
    "Rotavirus": "122",
    "RSV": "304",
    "Varicella": "21",
    "Zoster": "188",
}
_STATUS = {
    cdsi.SeriesStatus.COMPLETE: "complete",
    cdsi.SeriesStatus.IMMUNE: "immune",
    cdsi.SeriesStatus.CONTRAINDICATED: "contraindicated",
    cdsi.SeriesStatus.AGED_OUT: "too old",
}


def opinion(person: Person, doses: Sequence[Dose], today: date) -> tuple[list[KnownDose], list[Recommendation]]:
    """Every dose with its evaluations, and what is due for each vaccine group."""
    if person.birth_date is None:
        return [KnownDose(dose) for dose in doses], []
    given = [
        cdsi.Dose(dose.given_on, dose.cvx)
        for dose in doses
        if dose.given_on is not None and dose.cvx and dose.completion in ("CP", "PA")
    ]
    counted = [dose for dose in doses if dose.given_on is not None and dose.cvx and dose.completion in ("CP", "PA")]
    result = cdsi.forecast(cdsi.Patient(person.birth_date, person.sex, tuple(given)), today)
    known = {one.entered: _evaluations(one) for one in result.doses}
    places = {id(dose): at for at, dose in enumerate(counted)}
    told = [KnownDose(dose, known.get(places.get(id(dose), -1), ())) for dose in doses]
    return told, [_recommendation(group, today) for group in result.forecasts if group.vaccine_group in _GROUP_CVX]


def _evaluations(dose: cdsi.DoseEvaluation) -> tuple[Evaluation, ...]:
    counted = [one for one in dose.by_antigen if one.followed]
    if not counted:
        return ()
    valid = any(one.status is cdsi.EvaluationStatus.VALID for one in counted)
    number = next((str(one.target_dose) for one in counted if one.target_dose), "")
    words = "; ".join(
        dict.fromkeys(one.status.value for one in counted if one.status is not cdsi.EvaluationStatus.VALID)
    )
    return (Evaluation(_coded(dose.dose.cvx), valid, number, reason=words),)


def _recommendation(group: cdsi.GroupForecast, today: date) -> Recommendation:
    status = _STATUS.get(group.status, "")
    if group.status is cdsi.SeriesStatus.NOT_COMPLETE:
        status = "overdue" if group.past_due is not None and group.past_due < today else "on schedule"
    return Recommendation(
        _coded(_GROUP_CVX[group.vaccine_group]),
        earliest=group.earliest,
        due=group.recommended,
        overdue=group.past_due,
        latest=group.latest,
        number=str(group.number or ""),
        status=status,
        series=group.vaccine_group,
    )


def _coded(cvx: str) -> Coded:
    vaccine = facts().vaccine(cvx)
    return Coded(cvx, vaccine.short if vaccine is not None else "", "CVX")
