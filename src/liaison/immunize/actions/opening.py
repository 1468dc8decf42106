"""How every action around the needle begins: the encounter that is going on, opened for this actor."""

from uuid import UUID

from liaison.chart.models import Encounter
from liaison.immunize.models import PlannedDose
from liaison.immunize.queries.encounter import GONE
from liaison.kernel.errors import Conflict, NotFound
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.rows import locked


def open_encounter(actor: Actor, encounter_id: UUID) -> Encounter:
    """The encounter with its patient and site, locked: two who prepare a vaccine at once stand in line.

    Raises NotFound, Forbidden, or Conflict when it is over.
    """
    found = locked(Encounter, encounter_id, "patient", "site")
    if found is None:
        raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
    may_open(actor, found.patient)
    if found.status in GONE:
        raise Conflict("encounter-over", "This visit is over. Check the patient in again to give a vaccine.")
    return found


def open_plan(actor: Actor, planned_id: UUID) -> tuple[PlannedDose, Encounter]:
    """A planned dose, locked, that is neither given nor settled otherwise, and its encounter."""
    of = PlannedDose.objects.filter(pk=planned_id).values_list("encounter_id", flat=True).first()
    if of is None:
        raise NotFound("no-planned-dose", "This vaccine is not on the plan. Look at the patient’s vaccines again.")
    encounter = open_encounter(actor, of)
    found = locked(PlannedDose, planned_id)
    assert found is not None, "a planned dose is settled, never deleted"
    if found.status != PlannedDose.Status.PLANNED:
        raise Conflict("settled", f"{found.display} is {found.get_status_display()} already.")
    return found, encounter
