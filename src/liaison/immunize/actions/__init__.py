"""What may be done with vaccines: history, the plan, the preparation, the needle, the watch afterwards."""

from liaison.immunize.actions.history import Added, Told, add_history, add_several, correct, enter_in_error
from liaison.immunize.actions.planning import let_go, not_given, plan, sign_standing_order, take_off
from liaison.immunize.actions.preparing import clear, consent, hand_over_vis, say_eligibility, screen, send_vis
from liaison.immunize.actions.watching import anaphylaxis_like, end_watch, reaction_sent, report_reaction

__all__ = [
    "Added",
    "Told",
    "add_history",
    "add_several",
    "anaphylaxis_like",
    "clear",
    "consent",
    "correct",
    "end_watch",
    "enter_in_error",
    "hand_over_vis",
    "let_go",
    "not_given",
    "plan",
    "reaction_sent",
    "report_reaction",
    "say_eligibility",
    "screen",
    "send_vis",
    "sign_standing_order",
    "take_off",
]
