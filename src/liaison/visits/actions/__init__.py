"""What may be done with visits: each moves one visit as the table in `machine` says, or works within a stage."""

from liaison.visits.actions.arrival import check_in, left
from liaison.visits.actions.booking import book, cancel, confirm, follow_appointment, move, no_show, request
from liaison.visits.actions.exam import begin_exam, finish_exam, orders_done
from liaison.visits.actions.leaving import bill, check_out, close
from liaison.visits.actions.rooming import change_room, do_step, hand_off, room, skip_step, tell_provider

__all__ = [
    "begin_exam",
    "bill",
    "book",
    "cancel",
    "change_room",
    "check_in",
    "check_out",
    "close",
    "confirm",
    "do_step",
    "finish_exam",
    "follow_appointment",
    "hand_off",
    "left",
    "move",
    "no_show",
    "orders_done",
    "request",
    "room",
    "skip_step",
    "tell_provider",
]
