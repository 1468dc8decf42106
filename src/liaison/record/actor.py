"""Who acts: a member of staff, a connected system, or Liaison itself. Every action and query takes one."""

from dataclasses import dataclass

from liaison.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may do something.

    `id` is a staff or client id, or `machine:<name>`; `where` an address or command.
    """

    id: str
    name: str
    role: str
    capabilities: frozenset[str]
    kind: str = "staff"
    where: str = ""

    def may(self, capability: str) -> bool:
        return capability in self.capabilities

    def require(self, capability: str) -> None:
        """Raises Forbidden with the words to say to whoever hands out capabilities."""
        if capability not in self.capabilities:
            raise Forbidden(
                "not-permitted",
                f"Your role ({self.role}) does not include “{capability}”. Ask the office manager if it should.",
            )


class _Everything(frozenset[str]):
    def __contains__(self, item: object) -> bool:
        return True


def machine(name: str, where: str = "worker") -> Actor:
    """Liaison itself: reactions, timers, imports and set-up act under their own name and may do everything."""
    return Actor(f"machine:{name}", name, "machine", _Everything(), "machine", where)
