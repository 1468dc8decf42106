"""What may be done with the registry: connect, tell, ask, hold back, send again, take over, share or not."""

from liaison.registry.actions.asking import Taken, ask, take_over
from liaison.registry.actions.connecting import connect, disconnect, share
from liaison.registry.actions.telling import hold, release, resend, tell, tell_patient

__all__ = [
    "Taken",
    "ask",
    "connect",
    "disconnect",
    "hold",
    "release",
    "resend",
    "share",
    "take_over",
    "tell",
    "tell_patient",
]
