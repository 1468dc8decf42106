"""What may be done with vaccines: history, the plan, the preparation, the needle, the watch afterwards."""

from liaison.immunize.actions.history import add_history

__all__ = ["add_history"]
