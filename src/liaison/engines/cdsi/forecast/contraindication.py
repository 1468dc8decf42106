"""Section 7.3, determine contraindications."""

from liaison.engines.cdsi.patient import History
from liaison.engines.cdsi.schedule import Antigen, Contraindication, Series


def antigen_contraindications(antigen: Antigen, history: History) -> list[Contraindication]:
    """Table 7-5: the antigen contraindications that apply to the patient (CALCDTCI-1, CALCDTCI-2)."""
    return [
        found
        for found in antigen.contraindications
        if found.observation in history.observations and history.aged(found.begin_age, found.end_age, history.today)
    ]


def contraindicated_vaccines(antigen: Antigen, history: History) -> frozenset[str]:
    """Table 7-6: the vaccine types that a vaccine contraindication forbids this patient."""
    return frozenset(
        cvx
        for found in antigen.vaccine_contraindications
        if found.observation in history.observations
        for cvx, (begin, end) in found.vaccines.items()
        if history.aged(begin, end, history.today)
    )


def is_contraindicated(series: Series, by_antigen: bool, vaccines: frozenset[str]) -> bool:
    """Table 7-7: is the relevant patient series a contraindicated patient series?"""
    if by_antigen:
        return True
    if not vaccines:
        return False
    return all(vaccine.cvx in vaccines for dose in series.doses for vaccine in dose.preferable)
