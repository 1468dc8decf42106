"""Section 6.8, evaluate for preferable vaccine; section 6.9, evaluate for allowable vaccine."""

from liaison.engines.cdsi.patient import Administered, History
from liaison.engines.cdsi.schedule import SeriesDose, Vaccine
from liaison.engines.cdsi.series import Finding, Reason

ACCEPTED = frozenset({Reason.LITTLE_VOLUME, Reason.NOT_PREFERABLE})


def check_vaccine(given: Administered, target: SeriesDose, history: History) -> Finding | None:
    """Tables 6-26 and 6-29 together: a preferable vaccine, an allowable one, or which condition it fails."""
    for vaccine in target.preferable:
        if is_preferable(given, vaccine, history):
            return Finding(Reason.LITTLE_VOLUME) if _too_little(given, vaccine) else None
    known = False
    for vaccine in target.allowable:
        if vaccine.cvx == given.cvx:
            if history.aged(vaccine.begin_age, vaccine.end_age, given.day):
                return Finding(Reason.NOT_PREFERABLE)
            known = True
    return Finding(Reason.WRONG_AGE_FOR_VACCINE if known else Reason.NOT_ALLOWABLE)


def is_preferable(given: Administered, vaccine: Vaccine, history: History) -> bool:
    """Table 6-26: was the vaccine dose administered this preferable vaccine (CALCDTPREF-1, CALCDTPREF-2)?

    The data name a trade name with its manufacturer; a dose is told by its CVX and MVX codes.
    """
    return (
        vaccine.cvx == given.cvx
        and (vaccine.mvx is None or vaccine.mvx == given.mvx)
        and history.aged(vaccine.begin_age, vaccine.end_age, given.day)
    )


def _too_little(given: Administered, vaccine: Vaccine) -> bool:
    """The volume never decides; it is told where it is known."""
    volume = given.dose.volume_ml
    return volume is not None and vaccine.volume_ml is not None and volume < vaccine.volume_ml
