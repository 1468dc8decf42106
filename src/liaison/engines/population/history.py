"""A person's medical history: problems, visits, medications, allergies, procedures, in agreement with one another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from liaison.engines.population import body as measure
from liaison.engines.population.families import YEAR, Person
from liaison.engines.population.resources import RXNORM, SNOMED, Chart, Resource, coding, concept, moment, status
from liaison.engines.population.tables.allergens import ALLERGENS, REACTIONS, SEVERE, Allergen
from liaison.engines.population.tables.drugs import CHILD_FORM, CONTRAINDICATED, DRUG_CLASS, DRUGS
from liaison.engines.population.tables.problems import CHRONIC, EPISODES, FEVERISH, PROCEDURES, Problem

WELL_CHILD_MONTHS = (
    0.13,
    1.05,
    2.05,
    4.1,
    6.2,
    9.1,
    12.5,
    15.5,
    19,
    24.5,
    30.5,
    36.5,
    *(12 * year + 2 for year in range(4, 18)),
)
WELL_CHILD = ("410620009", "Well child visit")
CHECK_UP = ("185349003", "Encounter for check up")
FOLLOW_UP = ("390906007", "Follow-up encounter")
SYMPTOM = ("185345009", "Encounter for symptom")
YEARS_KEPT = 5
CHILD_YEARS_KEPT = 3


@dataclass
class Visit:
    """A past visit: its day and time, SNOMED CT type, reason, and the illness it was for."""

    at: datetime
    kind: tuple[str, str]
    reason: str
    episode: Problem | None = None
    encounter: Resource = field(default_factory=dict)


def share_at(problem: Problem, age: float) -> float:
    """The share of people of an age that have the problem, before what raises it."""
    return next((share for since, share in reversed(problem.share) if age >= since), 0.0)


class History:
    """Writes one person's history into the chart. Nothing in it is before birth or after yesterday."""

    def __init__(self, rng: Random, chart: Chart, person: Person, today: date) -> None:
        self.rng, self.chart, self.person, self.today = rng, chart, person, today
        self.age = (today - person.born).days / YEAR
        self.known = rng.random() >= 0.04 or person.allergies is not None
        self.problems = self._problems()
        self.allergies = self._allergies()
        self.body = measure.Body(rng, person, frozenset(problem.code for problem, _ in self.problems), today)
        self.visits = sorted(self._visits(), key=lambda visit: visit.at) if self.known else []
        self._drug_classes: set[str] = set()

    # What the person has

    def _problems(self) -> list[tuple[Problem, date]]:
        rng, found = self.rng, []
        codes: set[str] = set()
        if not self.known:
            return []
        for problem in CHRONIC:
            if problem.sex and problem.sex != self.person.sex:
                continue
            share = share_at(problem, self.age) * (3 if codes & set(problem.raised_by) else 1)
            if rng.random() >= min(share, 0.85):
                continue
            if problem.code == "R73.03" and "E11.9" in codes:
                continue
            if problem.code == "M17.11" and "M17.0" in codes:
                continue
            codes.add(problem.code)
            youngest = next(since for since, value in problem.share if value > 0)
            since = rng.uniform(max(youngest, self.age - 14), self.age)
            onset = self.person.born + timedelta(days=int(since * YEAR))
            found.append((problem, min(onset, self.today - timedelta(days=1))))
        return found

    def _allergies(self) -> list[Allergen]:
        rng = self.rng
        wanted = self.person.allergies
        if wanted is None:
            chance = 0.0 if self.age < 0.5 else 0.08 if self.age < 3 else 0.3
            wanted = rng.choices((1, 2, 3), (70, 22, 8))[0] if rng.random() < chance else 0
        chosen: list[Allergen] = []
        pool = [allergen for allergen in ALLERGENS if self.age >= 12 or allergen.weight > 2]
        while len(chosen) < wanted:
            pick = rng.choices(pool, [allergen.weight for allergen in pool])[0]
            pool.remove(pick)
            chosen.append(pick)
        return chosen

    # When the person came

    def _moment(self, on: date) -> datetime:
        """A time of day during opening hours, as UTC, on a working day near the date where there is one."""
        shift = {5: -1, 6: 1}.get(on.weekday(), 0)
        near = on + timedelta(days=shift)
        on = near if self.person.born <= near < self.today else on
        minute = self.rng.randrange(0, 30) * 15
        return datetime.combine(on, time(14), UTC) + timedelta(minutes=minute)

    def _ago(self, low: float, high: float) -> date:
        """A day between two numbers of years ago, after birth and before today."""
        days = int(self.rng.uniform(low, min(high, max(self.age - 0.005, 0))) * YEAR)
        return self.today - timedelta(days=max(days, 1))

    def _visits(self) -> list[Visit]:
        routine = self._well_child() if self.age < 18 else self._adult_visits()
        visits = [*routine, *self._episode_visits()]
        unique: list[Visit] = []
        for visit in visits:
            gap = 1 if visit.episode else 14
            if all(abs((visit.at.date() - other.at.date()).days) >= gap for other in unique):
                unique.append(visit)
        return unique

    def _well_child(self) -> list[Visit]:
        rng, born = self.rng, self.person.born
        here_from = 0.0 if rng.random() < (0.9 if self.age < 2.5 else 0.22) else rng.uniform(0, self.age * 0.8)
        visits = []
        for months in WELL_CHILD_MONTHS:
            late = rng.uniform(0, 20) if months > 1 else rng.uniform(-2, 0)
            on = born + timedelta(days=int(months / 12 * YEAR + late))
            kept = months / 12 >= here_from and (months < 37 or self.age - months / 12 < CHILD_YEARS_KEPT)
            if kept and on < self.today and rng.random() < (0.9 if months < 40 else 0.6):
                visits.append(Visit(self._moment(on), WELL_CHILD, "Well child visit"))
        return visits

    def _adult_visits(self) -> list[Visit]:
        rng, count = self.rng, len(self.problems)
        reach = min(YEARS_KEPT, self.age - 18)
        visits = []
        for year in range(YEARS_KEPT):
            if year + 0.1 < reach and rng.random() < (0.55 if count else 0.42):
                on = self._ago(year + 0.1, min(year + 1, reach))
                visits.append(Visit(self._moment(on), CHECK_UP, "Annual exam"))
        for problem, onset in self.problems:
            since = min((self.today - onset).days / YEAR, 2.5)
            if rng.random() < 0.55 and since > 0.05:
                visits.append(Visit(self._moment(self._ago(0.03, since)), FOLLOW_UP, problem.reason))
        return visits

    def _episode_visits(self) -> list[Visit]:
        visits = []
        for problem in EPISODES:
            if problem.sex and problem.sex != self.person.sex:
                continue
            if self.age > 0.3 and self.rng.random() < share_at(problem, self.age):
                on = self._ago(0.05, 3.5)
                then = (on - self.person.born).days / YEAR
                if share_at(problem, then) > 0:
                    visits.append(Visit(self._moment(on), SYMPTOM, problem.reason, problem))
        return visits

    # Writing it down

    def write(self) -> None:
        """Everything but the vaccines, in the order of time where order matters."""
        for visit in self.visits:
            self._visit(visit)
        for problem, onset in self.problems:
            self._chronic(problem, onset)
        for allergen in self.allergies:
            self._allergy(allergen)
        if self.known:
            self._procedures()

    def _visit(self, visit: Visit) -> None:
        minutes = 20 if visit.episode else 30
        visit.encounter = self.chart.encounter(visit.at, minutes, visit.kind, visit.reason)
        measured = visit.at + timedelta(minutes=6)
        small = self.body.months(visit.at.date()) < 36
        checked = visit.kind in (WELL_CHILD, CHECK_UP)
        measure.add_size(self.chart, self.body, measured, visit.encounter, whole=checked)
        if not small:
            measure.add_pressure(self.chart, self.body, measured, visit.encounter)
        if visit.episode or self.rng.random() < 0.12:
            fever = visit.episode is not None and visit.episode.code in FEVERISH and self.rng.random() < 0.6
            measure.add_breath(self.chart, self.body, measured, visit.encounter, fever=fever)
        tests = self._tests(visit)
        if tests:
            drawn = visit.at + timedelta(minutes=minutes)
            measure.add_labs(self.chart, self.body, drawn, visit.encounter, tests)
        if visit.episode:
            self._episode(visit, visit.episode)
        if visit is self.visits[-1] and self.age >= 18:
            measure.add_smoking(self.chart, self.body, measured, visit.encounter)

    def _tests(self, visit: Visit) -> list[str]:
        rng, codes, tests = self.rng, self.body.problems, []
        months = self.body.months(visit.at.date())
        if visit.kind == WELL_CHILD:
            return ["hemoglobin"] if 12 <= months < 14 else []
        if visit.episode:
            return []
        annual = visit.kind == CHECK_UP
        if codes & {"E11.9", "R73.03"}:
            tests.append("a1c")
        if annual and ("E78.5" in codes or (self.age >= 40 and rng.random() < 0.4)):
            tests += ["cholesterol", "triglycerides", "hdl", "ldl"]
        if annual and (codes & {"I10", "E11.9", "N18.31", "I50.9"} or (self.age >= 45 and rng.random() < 0.3)):
            tests += ["creatinine", "glucose"]
        if "E03.9" in codes and (annual or rng.random() < 0.5):
            tests.append("tsh")
        if "D50.9" in codes:
            tests.append("hemoglobin")
        return tests

    def _at_or_after(self, on: date) -> Visit | None:
        """The first visit from a day on."""
        return next((visit for visit in self.visits if visit.at.date() >= on), None)

    def _chronic(self, problem: Problem, onset: date) -> None:
        visit = self._at_or_after(onset)
        recorded = visit.at.date() if visit else onset
        code = (problem.code, problem.name)
        encounter = visit.encounter if visit and visit.at.date() - onset < timedelta(days=90) else None
        if encounter:
            onset = recorded
        condition = self.chart.condition(code, onset, None, recorded, encounter)
        renewal = self.visits[-1] if visit else None
        authored = renewal.at.date() if renewal else onset
        seen_at = renewal.encounter if renewal else None
        self._prescribe(problem.drugs, authored, condition, seen_at, self._drug_classes, active=True)

    def _episode(self, visit: Visit, problem: Problem) -> None:
        began = max(visit.at.date() - timedelta(days=self.rng.randrange(1, 5)), self.person.born)
        over = min(visit.at.date() + timedelta(days=self.rng.randrange(6, 15)), self.today)
        condition = self.chart.condition((problem.code, problem.name), began, over, visit.at.date(), visit.encounter)
        self._prescribe(problem.drugs, visit.at.date(), condition, visit.encounter, set(), active=False)

    def _suits(self, key: str, on: date, classes: set[str]) -> bool:
        kind = DRUG_CLASS.get(key, key)
        if kind in classes or {allergen.key for allergen in self.allergies} & set(CONTRAINDICATED.get(key, ())):
            return False
        risky = "I48.91" in self.body.problems or "N18.31" in self.body.problems or (on - self.person.born).days < 180
        return not (kind == "nsaid" and risky)

    def _prescribe(
        self,
        drugs: Sequence[tuple[str, float]],
        on: date,
        condition: Resource,
        encounter: Resource | None,
        classes: set[str],
        *,
        active: bool,
    ) -> None:
        child = (on - self.person.born).days / YEAR < 12
        for name, share in drugs:
            key = CHILD_FORM.get(name, "") if child else name
            if self.rng.random() >= share or not key or not self._suits(key, on, classes):
                continue
            classes.add(DRUG_CLASS.get(key, key))
            drug = DRUGS[key]
            dosage: Resource = {"text": drug.directions}
            if not drug.days:
                dosage["asNeededBoolean"] = True
            supply: Resource = {"numberOfRepeatsAllowed": 3 if active else 0}
            if drug.days:
                supply["expectedSupplyDuration"] = {
                    "value": drug.days,
                    "unit": "days",
                    "system": "http://unitsofmeasure.org",
                    "code": "d",
                }
            self.chart.add(
                "MedicationRequest",
                status="active" if active else "completed",
                intent="order",
                medicationCodeableConcept=concept(RXNORM, drug.rxnorm, drug.name),
                subject=self.chart.patient,
                encounter=encounter,
                authoredOn=on.isoformat(),
                reasonReference=[condition],
                dosageInstruction=[dosage],
                dispenseRequest=supply,
            )

    def _allergy(self, allergen: Allergen) -> None:
        rng = self.rng
        onset = self._ago(0.02, min(self.age, 30))
        seen = rng.sample(allergen.reactions, 1 if len(allergen.reactions) == 1 or rng.random() < 0.8 else 2)
        severe = bool(SEVERE & set(seen))
        self.chart.add(
            "AllergyIntolerance",
            clinicalStatus=status("allergyintolerance-clinical", "active"),
            verificationStatus=status("allergyintolerance-verification", "confirmed"),
            type="intolerance" if set(seen) <= {"nausea", "diarrhea", "dizzy", "muscle"} else "allergy",
            category=[allergen.category],
            criticality="high" if severe else "low",
            code={"coding": [coding(allergen.system, allergen.code, allergen.name)], "text": allergen.name},
            patient=self.chart.patient,
            onsetDateTime=onset.isoformat(),
            recordedDate=onset.isoformat(),
            reaction=[
                {
                    "manifestation": [concept(SNOMED, *REACTIONS[key]) for key in seen],
                    "severity": "severe" if "anaphylaxis" in seen else "moderate" if severe else "mild",
                }
            ],
        )

    def _procedures(self) -> None:
        for row in PROCEDURES:
            fits = self.age >= row.from_age and row.sex in ("", self.person.sex)
            if not fits or (row.because_of and row.because_of not in self.body.problems):
                continue
            if self.rng.random() >= row.share:
                continue
            at = self.rng.uniform(row.at[0], min(row.at[1], self.age - 0.1))
            done = self._moment(self.person.born + timedelta(days=int(at * YEAR)))
            self.chart.add(
                "Procedure",
                status="completed",
                code=concept(SNOMED, row.snomed, row.name),
                subject=self.chart.patient,
                performedPeriod={"start": moment(done), "end": moment(done + timedelta(minutes=45))},
            )
