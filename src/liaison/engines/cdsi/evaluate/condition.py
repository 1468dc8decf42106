"""Section 6.1, evaluate dose administered condition; section 6.3, evaluate for inadvertent vaccine."""

from liaison.engines.cdsi.patient import Administered
from liaison.engines.cdsi.schedule import SeriesDose
from liaison.engines.cdsi.series import Finding, Reason


def defect(given: Administered) -> Finding | None:
    """Table 6-3: can the vaccine dose administered be evaluated? None if so, else why not."""
    dose = given.dose
    if dose.lot_expiration is not None and dose.date > dose.lot_expiration:
        return Finding(Reason.EXPIRED, dose.lot_expiration.toordinal())
    return Finding(Reason.SUB_STANDARD) if dose.sub_standard else None


def is_inadvertent(given: Administered, target: SeriesDose) -> bool:
    """Table 6-13: was the vaccine dose administered an inadvertent administration for the target dose?"""
    return given.cvx in target.inadvertent
