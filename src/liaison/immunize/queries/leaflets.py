"""The information statements of vaccines: which are current, which were sent to a patient, and the mail's link."""

from collections.abc import Sequence

from liaison.engines.vaccines import Vis, facts
from liaison.immunize.models import PlannedDose, Preparation
from liaison.people import mail

VIS_PATH = "vaccine-information"
VIS_DAYS = 30


def statements(cvxs: Sequence[str]) -> list[Vis]:
    """The current Vaccine Information Statements for vaccines, each once."""
    known = facts()
    return list({(one.title, one.edition): one for cvx in cvxs for one in known.vis(cvx)}.values())


def sent_statements(preparation: Preparation) -> list[Vis]:
    """The statements of a visit's vaccines whose link was sent to the patient, in the edition that is current now."""
    planned = PlannedDose.objects.filter(encounter_id=preparation.encounter_id).values_list("cvx", flat=True)
    sent = {one["title"] for one in preparation.vis_emailed}
    return [one for one in statements(list(planned)) if one.title in sent]


def vis_address(preparation: Preparation) -> str:
    """Where a patient opens the statements that were sent: it names nobody, nor any vaccine."""
    return mail.link(VIS_PATH, preparation.pk)


def vis_by_link(token: str) -> Preparation:
    """The preparation whose statements were sent to a patient, by the mail's link.

    Raises NotFound when it is none, or is over.
    """
    row = Preparation.objects.select_related("patient").filter(pk=mail.key_of(VIS_PATH, token, VIS_DAYS)).first()
    if row is None or not row.vis_emailed:
        raise mail.link_over()
    return row
