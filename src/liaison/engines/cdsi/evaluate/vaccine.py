"""Section 6.8, evaluate for preferable vaccine; section 6.9, evaluate for allowable vaccine."""

from liaison.engines.cdsi.patient import Administered, History
from liaison.engines.cdsi.schedule import SeriesDose, Vaccine
from liaison.engines.cdsi.series import Finding, Reason

ACCEPTED = frozenset({Reason.LITTLE_VOLUME, Reason.NOT_PREFERABLE})


def check_vaccine(given: Administered, target: SeriesDose, history: History) -> Finding | None:
    """Tables 6-26 and 6-29 together: a preferable vaccine, an allowable one, or which condition it fails."""
    for vaccine in target.preferable_by_cvx.get(given.cvx, ()):
        if is_preferable(given, vaccine, history):
            return Finding(Reason.LITTLE_VOLUME) if _too_little(given, vaccine) else None
    allowable = target.allowable_by_cvx.get(given.cvx)
    if allowable is None:
        return Finding(Reason.NOT_ALLOWABLE)
    for vaccine in allowable:
        if history.aged(vaccine.begin_age, vaccine.end_age, given.day):
            return Finding(Reason.NOT_PREFERABLE)
    return Finding(Reason.WRONG_AGE_FOR_VACCINE)


def is_preferable(given: Administered, vaccine: Vaccine, history: History) -> bool:
    """Table 6-26: was the vaccine dose administered, of the same type, this preferable vaccine (CALCDTPREF-1, -2)?

    The data name a trade name with its manufacturer; a dose is told by its CVX and MVX codes.
    """
    if vaccine.mvx is not None and vaccine.mvx != given.mvx:
        return False
    return history.aged(vaccine.begin_age, vaccine.end_age, given.day)


def _too_little(given: Administered, vaccine: Vaccine) -> bool:
    """The volume never decides; it is told where it is known."""
    volume = given.dose.volume_ml
    return volume is not None and vaccine.volume_ml is not None and volume < vaccine.volume_ml
