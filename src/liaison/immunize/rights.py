"""The seven rights of giving a vaccine, each a check that can refuse: the table that an assistant goes by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from liaison.immunize.models import PlannedDose, Preparation
from liaison.immunize.queries.trial import Trial
from liaison.immunize.rules import Age, HowTo
from liaison.immunize.screening import STOP, Finding, Question
from liaison.immunize.words import IDENTIFIERS, ROUTES, SITES
from liaison.kernel.errors import Conflict, Invalid, Refused

ADULT = 19  # years; whose doses a younger patient gets is asked at every visit (Vaccines for Children)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the checks look at."""

    plan: PlannedDose
    preparation: Preparation | None
    age: Age
    how_to: HowTo
    trial: Trial
    stock_cvx: str
    open_questions: Sequence[Question]
    findings: Sequence[Finding]
    vis_missing: Sequence[str]
    consented: bool  # to this vaccine
    identifiers: Sequence[str]
    dose_ml: float | None
    route: str
    body_site: str


def patient(f: Facts) -> Refused | None:
    known = {key for key in f.identifiers if key in IDENTIFIERS}
    if len(known) < 2 or not known & {"name", "birth_date"}:
        return Invalid(
            "right-patient",
            "Ask for two identifiers at the chair, one of them the name or the birth date.",
            "identifiers",
        )
    return None


def vaccine(f: Facts) -> Refused | None:
    if f.stock_cvx != f.plan.cvx:
        return Conflict(
            "right-vaccine",
            f"This lot is another vaccine than the {f.plan.display} that is planned. Take the right box.",
            "stock",
        )
    return None


def time(f: Facts) -> Refused | None:
    if f.trial.counts or f.plan.despite:
        return None
    return Conflict(
        "right-time",
        f"The dose should not be given today. {f.trial.why_not} Wait, or let a provider order it with the reason.",
        "plan",
    )


def dose(f: Facts) -> Refused | None:
    if f.dose_ml is None or f.dose_ml <= 0:
        return Invalid("right-dose", "Say how many mL are given.", "dose_ml")
    if f.how_to.volumes_ml and f.dose_ml not in f.how_to.volumes_ml:
        usual = " or ".join(f"{volume:g} mL" for volume in f.how_to.volumes_ml)
        return Invalid("right-dose", f"At this age the dose is {usual}. Check the syringe.", "dose_ml")
    return None


def route(f: Facts) -> Refused | None:
    if f.route not in f.how_to.routes:
        usual = " or ".join(ROUTES[known] for known in f.how_to.routes)
        return Invalid("right-route", f"This vaccine is given {usual}.", "route")
    return None


def site(f: Facts) -> Refused | None:
    allowed = f.how_to.sites.get(f.route, ())
    if not allowed:
        return Invalid("right-site", "Given so, it has no place to choose.", "body_site") if f.body_site else None
    if f.body_site not in allowed:
        usual = ", ".join(SITES[known] for known in allowed)
        return Invalid("right-site", f"At this age it goes to: {usual}.", "body_site")
    return None


def documentation(f: Facts) -> Refused | None:
    if f.preparation is None or f.open_questions:
        return Conflict("not-screened", "Ask the screening questions first.", "screening")
    if f.vis_missing:
        return Conflict("no-vis", f"Hand over first: {', '.join(f.vis_missing)}.", "vis")
    if not f.consented:
        return Conflict("no-consent", f"Ask first who consents to {f.plan.display}.", "consent_by")
    if f.age.years < ADULT and not f.preparation.eligibility:
        return Conflict("no-eligibility", "Ask who pays for the child’s vaccines first.", "eligibility")
    return None


def screening(f: Facts) -> Refused | None:
    cleared = f.preparation.cleared if f.preparation else {}
    for finding in f.findings:
        if not finding.holds or f.plan.cvx not in finding.cvxs or finding.question in cleared:
            continue
        stops = finding.level == STOP
        code = "stopped" if stops else "warned"
        who = "Only a provider can clear this." if stops else "Clear it with what the provider says."
        return Conflict(code, f"{finding.sentence} {who}", "screening")
    return None


Check = Callable[[Facts], Refused | None]
# In the order in which they are gone through at the chair
CHECKS: tuple[Check, ...] = (documentation, screening, patient, vaccine, time, dose, route, site)


def refusal(facts: Facts) -> Refused | None:
    """What the first check that does not hold says; None when the dose may be given."""
    for check in CHECKS:
        refused = check(facts)
        if refused is not None:
            return refused
    return None
