"""A person's vaccine record: the children's series by age, what adults are offered; some behind, a few without."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from liaison.engines.population.families import YEAR, Person
from liaison.engines.population.history import Visit
from liaison.engines.population.resources import CVX, HL7, Chart, Resource, coding, concept, moment
from liaison.engines.population.tables.vaccines import (
    CHILDHOOD,
    COVID,
    INFLUENZA,
    PNEUMOCOCCAL,
    TDAP,
    ZOSTER,
    Product,
    Series,
)

SITES = {"IM": (("LA", "left arm"), ("RA", "right arm")), "SC": (("LA", "left arm"), ("RA", "right arm"))}
INFANT_SITES = (("LT", "left thigh"), ("RT", "right thigh"))
ROUTES = {
    "IM": ("IM", "Injection, intramuscular"),
    "SC": ("SQ", "Injection, subcutaneous"),
    "PO": ("PO", "Swallow, oral"),
}
CLOSE = timedelta(days=30)
RV_LATEST_DAYS = (104, 240)  # rotavirus is not begun from 15 weeks on, nor given after 8 months


class VaccineRecord:
    """Writes one person's vaccines. `keeps` says how a family keeps to the schedule: on time, late, or not at all."""

    def __init__(self, rng: Random, chart: Chart, person: Person, visits: list[Visit], today: date) -> None:
        self.rng, self.chart, self.person, self.today = rng, chart, person, today
        self.visits = visits
        self.keeps = rng.choices(("on time", "late", "none"), (76, 20, 4))[0]
        self._delays = self._delays_by_age()

    def _delays_by_age(self) -> dict[float, float]:
        """Days by which the doses of each age come late: one visit for all of them, and lateness adds up."""
        delays, behind = {0.0: 0.0}, 0.0
        for age in sorted({age for series in CHILDHOOD for age in series.ages if age}):
            if self.keeps == "late":
                behind += self.rng.choice((0, 0, 0, 20, 60, 140))
            delays[age] = behind + self.rng.uniform(0, 12)
        return delays

    def write(self) -> None:
        """The whole record."""
        age = self.person.age(self.today)
        if self.keeps == "none" and age < 30:
            return
        if age < 22:
            for series in CHILDHOOD:
                self._series(series)
        if age >= 20:
            self._adult(age)
        self._influenza()
        self._covid(age)

    def _series(self, series: Series) -> None:
        rng, born = self.rng, self.person.born
        if born.year < series.from_year:
            return
        last = date.min
        for number, age in enumerate(series.ages, start=1):
            if self.keeps == "late" and number > 1 and rng.random() < 0.12:
                return
            due = born + timedelta(days=int(age + self._delays[age]))
            if number > 1:
                due = max(due, last + timedelta(days=29))
            visit = self._visit_near(due) if age else None
            at = visit.at.date() if visit else due
            if series.key == "RV" and (at - born).days > RV_LATEST_DAYS[number - 1]:
                return
            product = in_use(series.products, at)
            if at >= self.today or product is None:
                return
            self._given(product, at, visit, series.route, number)
            last = at

    def _visit_near(self, due: date) -> Visit | None:
        """A visit on the due day or within a month after it."""
        return next((visit for visit in self.visits if due <= visit.at.date() <= due + CLOSE), None)

    def _adult(self, age: int) -> None:
        rng = self.rng
        if age >= 25 and rng.random() < 0.7:
            self._routine(TDAP, self._days_ago(30, 9 * 365), 1)
        if age >= 51 and rng.random() < 0.5:
            first = self._days_ago(240, 5 * 365)
            self._routine(ZOSTER, first, 1)
            if rng.random() < 0.8:
                self._routine(ZOSTER, first + timedelta(days=rng.randrange(60, 180)), 2)
        if age >= 66 and rng.random() < 0.65:
            self._routine(PNEUMOCOCCAL, self._days_ago(30, 3 * 365), 1)

    def _days_ago(self, low: int, high: int) -> date:
        return self.today - timedelta(days=self.rng.randrange(low, high))

    def _routine(self, product: Product, on: date, number: int) -> None:
        if product.since <= on < self.today and on > self.person.born:
            self._given(product, on, self._visit_near(on), "IM", number)

    def _influenza(self) -> None:
        wish = 0.3 + (0.35 if self.person.age(self.today) >= 65 else 0.0)
        for back in (2, 1, 0):
            on = date(self.today.year - back, 9, 12) + timedelta(days=self.rng.randrange(0, 80))
            product = in_use(INFLUENZA, on)
            old_enough = (on - self.person.born).days >= 183
            if self.rng.random() < wish and product and on < self.today and old_enough:
                self._given(product, on, self._visit_near(on), "IM", 0)

    def _covid(self, age: int) -> None:
        on = date(self.today.year - self.rng.randrange(0, 2), 9, 20) + timedelta(days=self.rng.randrange(0, 90))
        wish = 0.5 if age >= 65 else 0.2
        product = in_use(COVID, on)
        if age >= 14 and self.rng.random() < wish and product and on < self.today:
            self._given(product, on, self._visit_near(on), "IM", 0)

    def _given(self, product: Product, on: date, visit: Visit | None, route: str, number: int) -> None:
        """Add the Immunization: given here at a visit with lot and site, or reported from elsewhere."""
        rng = self.rng
        at = visit.at + timedelta(minutes=22) if visit else datetime.combine(on, time(18), UTC)
        detail: Resource = {}
        if visit:
            detail["lotNumber"] = f"{rng.choice('ABCDEHKTUX')}{rng.randrange(1000, 9999)}{rng.choice('ABC')}"
            detail["expirationDate"] = (on + timedelta(days=rng.randrange(60, 500))).isoformat()
            detail["route"] = concept(HL7 + "v3-RouteOfAdministration", *ROUTES[route])
            if route in SITES:
                infant = (on - self.person.born).days < YEAR
                detail["site"] = concept(HL7 + "v3-ActSite", *rng.choice(INFANT_SITES if infant else SITES[route]))
        else:
            detail["reportOrigin"] = {"coding": [coding(HL7 + "immunization-origin", "record", "Other Record")]}
        self.chart.add(
            "Immunization",
            status="completed",
            vaccineCode=concept(CVX, product.cvx, product.name),
            patient=self.chart.patient,
            encounter=visit.encounter if visit else None,
            occurrenceDateTime=moment(at) if visit else on.isoformat(),
            primarySource=visit is not None,
            protocolApplied=[{"doseNumberPositiveInt": number}] if number else None,
            **detail,
        )


def in_use(products: tuple[Product, ...], on: date) -> Product | None:
    """The newest product in use on a day, if any was."""
    return next((product for product in reversed(products) if product.since <= on), None)
