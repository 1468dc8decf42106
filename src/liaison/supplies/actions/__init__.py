"""What may be done with supplies: all of the room that writes."""

from liaison.supplies.actions.consuming import put_back_goods, use_goods
from liaison.supplies.actions.counting import Counted, count
from liaison.supplies.actions.goods import add_item, add_unit, change_item, change_unit, tie_code
from liaison.supplies.actions.holding import decide, quarantine_lot, quarantine_unit, release_lot, release_unit
from liaison.supplies.actions.readings import Imported, import_readings, record_reading
from liaison.supplies.actions.stock import borrow, give_back, open_vial, put_back, receive, transfer, use, waste
from liaison.supplies.actions.watching import look_over

__all__ = [
    "Counted",
    "Imported",
    "add_item",
    "add_unit",
    "borrow",
    "change_item",
    "change_unit",
    "count",
    "decide",
    "give_back",
    "import_readings",
    "look_over",
    "open_vial",
    "put_back",
    "put_back_goods",
    "quarantine_lot",
    "quarantine_unit",
    "receive",
    "record_reading",
    "release_lot",
    "release_unit",
    "tie_code",
    "transfer",
    "use",
    "use_goods",
    "waste",
]
