"""What holds for every history, whatever it is: for a patient's safety and for whoever builds on the engine."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from liaison.engines import cdsi
from liaison.engines.cdsi.forecast.need import free_from
from liaison.engines.cdsi.series import PatientSeries

pytestmark = pytest.mark.engine

SCHEDULE = cdsi.default_schedule()
DAY = timedelta(days=1)
TODAY = date(2025, 11, 10)
CODES = sorted(SCHEDULE.vaccines)
OBSERVED = sorted(
    {i.observation for a in SCHEDULE.antigens.values() for s in a.series for i in s.indications}
    | {c.observation for a in SCHEDULE.antigens.values() for c in a.contraindications}
)

ages = st.one_of(st.integers(0, 800), st.integers(0, 7_000), st.integers(0, 30_000))
products = st.sampled_from(CODES)
genders = st.sampled_from(["F", "M", "X"])


@st.composite
def patients(draw: st.DrawFn, observed: bool = True) -> cdsi.Patient:
    """Somebody born up to 82 years ago, with up to twelve doses of a few vaccines, and up to three observations."""
    lived = draw(ages)
    vaccines = draw(st.lists(products, min_size=1, max_size=3))
    given_on = draw(st.lists(st.tuples(st.integers(0, lived), st.sampled_from(vaccines)), max_size=12))
    born = TODAY - lived * DAY
    codes = draw(st.lists(st.sampled_from(OBSERVED), max_size=3, unique=True)) if observed else []
    return cdsi.Patient(
        born,
        draw(genders),
        tuple(cdsi.Dose(born + days * DAY, cvx) for days, cvx in given_on),
        tuple(cdsi.Observation(code) for code in codes),
    )


@st.composite
def courses(draw: st.DrawFn) -> cdsi.Patient:
    """Somebody on the way through the series of one antigen: its vaccines, at the intervals people come back in."""
    antigen = draw(st.sampled_from(sorted(SCHEDULE.antigens)))
    series = SCHEDULE.antigens[antigen].series
    named = {cvx for s in series for d in s.doses for cvx in (*d.preferable_by_cvx, *d.allowable_by_cvx)}
    named &= SCHEDULE.vaccines.keys()
    mine = draw(st.lists(st.sampled_from(sorted(named)), min_size=1, max_size=3))
    lived = draw(ages)
    day = draw(st.integers(0, lived))
    doses = []
    for gap in draw(st.lists(st.sampled_from([0, 14, 24, 28, 56, 90, 150, 180, 365, 1100]), max_size=6)):
        if (day := day + gap) <= lived:
            doses.append(cdsi.Dose(TODAY - (lived - day) * DAY, draw(st.sampled_from(mine))))
    indicated = sorted({i.observation for s in series for i in s.indications})
    codes = draw(st.lists(st.sampled_from(indicated), max_size=2, unique=True)) if indicated else []
    return cdsi.Patient(TODAY - lived * DAY, draw(genders), tuple(doses), tuple(cdsi.Observation(c) for c in codes))


def run(patient: cdsi.Patient, today: date = TODAY) -> cdsi.Process:
    process = cdsi.Process(patient, today, SCHEDULE)
    for found in process.runs.values():
        for series in found.series:
            found.evaluated(series)
    return process


def by_series(process: cdsi.Process) -> dict[str, PatientSeries]:
    return {f"{name}: {s.series.name}": s for name, found in process.runs.items() for s in found.series}


@settings(max_examples=60, deadline=None)
@given(patients())
def test_the_same_input_gives_the_same_answer(patient: cdsi.Patient) -> None:
    assert cdsi.forecast(patient, TODAY) == cdsi.forecast(patient, TODAY)


@settings(max_examples=60, deadline=None)
@given(patients() | courses(), st.randoms())
def test_the_order_in_which_doses_are_entered_does_not_matter(patient: cdsi.Patient, random: Random) -> None:
    doses = list(patient.doses)
    random.shuffle(doses)
    shuffled = cdsi.forecast(replace(patient, doses=tuple(doses)), TODAY)
    entered = cdsi.forecast(patient, TODAY)

    assert shuffled.forecasts == entered.forecasts
    assert [(d.dose, d.by_antigen) for d in shuffled.doses] == [(d.dose, d.by_antigen) for d in entered.doses]


@settings(max_examples=60, deadline=None)
@given(patients() | courses())
def test_dates_never_precede_birth_and_follow_each_other(patient: cdsi.Patient) -> None:
    for found in cdsi.forecast(patient, TODAY).forecasts:
        if found.status is cdsi.SeriesStatus.NOT_COMPLETE:
            assert found.earliest is not None
            assert found.recommended is not None
            assert patient.date_of_birth <= found.earliest <= found.recommended
            assert found.past_due is None or found.earliest <= found.past_due
            assert found.number is not None
            assert found.number >= 1
        else:
            assert (found.earliest, found.recommended, found.past_due, found.number) == (None, None, None, None)


@settings(max_examples=60, deadline=None)
@given(patients() | courses())
def test_within_a_series_no_later_dose_changes_an_earlier_one(patient: cdsi.Patient) -> None:
    """Seen on one assessment date, and in series whose rules look at no other series (table 6-7 does)."""
    whole = run(patient)
    assume(whole.history.doses)
    last = whole.history.doses[-1]
    before = by_series(run(replace(patient, doses=tuple(d.dose for d in whole.history.doses[:-1]))))

    for name, series in by_series(whole).items():
        skips = [s for d in series.series.doses for s in d.evaluation_skips]
        if any(c.kind == "series" for s in skips for x in s.sets for c in x.conditions):
            continue
        earlier = [(e.given.day, e.given.cvx, e.status) for e in series.evaluations if e.given is not last]
        assert earlier == [(e.given.day, e.given.cvx, e.status) for e in before[name].evaluations], name


@settings(max_examples=60, deadline=None)
@given(patients())
def test_every_dose_is_evaluated_or_flagged(patient: cdsi.Patient) -> None:
    result = cdsi.forecast(patient, TODAY)
    places = [dose.entered for dose in result.doses] + [f.index for f in result.flagged if f.kind == "dose"]

    assert sorted(places) == list(range(len(patient.doses)))


@settings(max_examples=60, deadline=None)
@given(patients(observed=False))
def test_each_vaccine_group_for_everybody_has_a_forecast(patient: cdsi.Patient) -> None:
    """Every group with a default series, which chapter 8 falls back on."""
    told = {found.vaccine_group for found in cdsi.forecast(patient, TODAY).forecasts}
    defaults = {
        s.vaccine_group
        for a in SCHEDULE.antigens.values()
        for s in a.series
        if s.default and s.type == "Standard" and not s.genders
    }
    assert defaults <= told


@settings(max_examples=150, deadline=None)
@given(courses())
def test_a_recommended_vaccine_given_when_it_is_due_counts(patient: cdsi.Patient) -> None:
    """The round trip: each preferable vaccine of each forecast, given on the earliest and on the recommended date.

    Where the specification itself breaks it: a date before the assessment date (CONDSKIP-2 and RELEVANT-2 look at the
    assessment date in a forecast, CONDSKIP-2 and RELEVANT-1 at the dose's own date in evaluation); a vaccine outside
    its ages on that day (table 6-26) or contraindicated (table 7-6); a vaccine that has to wait for a previous one
    while another can be given (CALCDTCONFLICT-3, as DIFFERENCES.md reads it); a series whose indication has ended by
    then (table 5-4), which cannot evaluate the dose.
    """
    process = cdsi.Process(patient, TODAY, SCHEDULE)
    for name, found in process.runs.items():
        for series in process.best[name]:
            forecast = found.forecast(series)
            if forecast.target is None or forecast.earliest is None or forecast.recommended is None:
                continue
            for day in {forecast.earliest, forecast.recommended}:
                for vaccine in forecast.target.preferable:
                    if day < TODAY.toordinal() or vaccine.cvx in found.contraindicated_vaccines:
                        continue
                    if day < (free_from(vaccine, process.history) or day):
                        continue
                    if process.history.aged(vaccine.begin_age, vaccine.end_age, day):
                        given_then = cdsi.Dose(date.fromordinal(day), vaccine.cvx, vaccine.mvx)
                        counts(patient, given_then, name, series)


def counts(patient: cdsi.Patient, dose: cdsi.Dose, antigen: str, series: PatientSeries) -> None:
    then = by_series(run(replace(patient, doses=(*patient.doses, dose)), dose.date))
    if (now := then.get(f"{antigen}: {series.series.name}")) is not None:
        evaluation = next(e for e in reversed(now.evaluations) if e.given.dose == dose)
        assert evaluation.status is cdsi.EvaluationStatus.VALID, (series.series.name, evaluation.findings)
