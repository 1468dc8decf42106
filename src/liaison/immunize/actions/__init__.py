"""What may be done with vaccines: history, the plan, the preparation, the needle, the watch afterwards."""

from liaison.immunize.actions.history import Added, Told, add_history, add_several, correct, enter_in_error

__all__ = ["Added", "Told", "add_history", "add_several", "correct", "enter_in_error"]
