"""The staff of the sample clinic as actors."""

from dataclasses import dataclass, field
from uuid import UUID

from liaison.people.actors import of_staff
from liaison.people.models import Staff
from liaison.record.actor import Actor

WHERE = "rehearsal"


@dataclass
class Cast:
    """Who works where. Roles of `people.roles`; in the order of names, so that a seed finds the same people."""

    by_site: dict[tuple[UUID | None, str], list[Actor]] = field(default_factory=dict)
    by_role: dict[str, list[Actor]] = field(default_factory=dict)
    by_id: dict[str, Actor] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Cast":
        cast = cls()
        for staff in Staff.objects.filter(active=True, user__isnull=False).order_by("family", "given"):
            actor = of_staff(staff, WHERE)
            cast.by_site.setdefault((staff.site_id, staff.role), []).append(actor)
            cast.by_role.setdefault(staff.role, []).append(actor)
            cast.by_id[actor.id] = actor
        return cast

    def at(self, site_id: UUID, role: str) -> list[Actor]:
        """Who works in a role at a site; failing that, anywhere."""
        return self.by_site.get((site_id, role)) or self.by_role[role]
