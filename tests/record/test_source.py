"""What the source itself promises: one door to a patient's row, and no capability that is misspelled or idle."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import liaison
from liaison.people.roles import CAPABILITIES, ROLES

SOURCE = Path(liaison.__file__).parent
# Who may fetch a single patient's row, and why. Pages and other rooms' queries go through people.queries.patient_for.
DOORS = {
    "people/queries.py": "the door itself",
    "people/actions.py": "actions lock the row they change, inside a change that is audited",
    "people/coverages.py": "inside a change that is audited",
    "chart/queries.py": "asks may_open and audits the look at the chart",
    "chart/actions.py": "inside a change that is audited",
    "billing/queries/account.py": "asks may_open and audits the look at the account",
    "billing/actions/estimates.py": "inside a change that is audited",
    "billing/actions/payments.py": "inside a change that is audited",
    "billing/actions/books/spreading.py": "locks the patient whose balance moves, inside a change that is audited",
    "immunize/actions/history.py": "inside a change that is audited",
    "immunize/actions/recalls.py": "inside a change that is audited",
    "immunize/queries/seen.py": "asks may_open and audits the look at the vaccines",
    "immunize/computed.py": "asks may_open; the FHIR face audits the look",
    "immunize/management/commands/immunize.py": "finds the id that goes with an MRN, for the room's audited query",
    "registry/actions/connecting.py": "asks may_open, inside a change that is audited",
    "schedule/actions.py": "asks whether the patient lives and is active, inside a change",
    "visits/actions/booking.py": "asks whether the patient lives and is active, inside a change",
    "interop/importing/batch.py": "asks whether an MRN is taken, inside the import's change",
}
SINGLE = {"get", "first", "last", "exists", "earliest", "latest", "aget", "afirst"}


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
    return tuple((path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths)


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last word of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "attr", "") or getattr(called, "id", ""), node


def single_patient(tree: ast.Module) -> Iterator[int]:
    """The lines of calls such as Patient.objects...get() or row(Patient, ...)."""
    for name, node in calls(tree):
        one = name in SINGLE and re.match(r"Patient\.(objects|_base_manager)\b", ast.unparse(node.func))
        by_key = name in ("row", "locked") and [ast.unparse(a) for a in node.args[:1]] == ["Patient"]
        if one or by_key or name == "get_object_or_404":
            yield node.lineno


def test_nothing_else_fetches_a_patients_row() -> None:
    past = [f"{name}:{line}" for name, tree in modules() if name not in DOORS for line in single_patient(tree)]
    assert past == []


def test_the_list_of_doors_is_true() -> None:
    assert {name for name, tree in modules() if any(single_patient(tree))} == set(DOORS)


def asked(tree: ast.Module) -> Iterator[str]:
    """The capabilities that are named where one is asked for."""
    for name, node in calls(tree):
        position = {"change": 1, "require": 0, "may": 0, "page": 0, "patient_page": 0}.get(name)
        if position is None or len(node.args) <= position:
            continue
        given = node.args[position]
        for part in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
            if isinstance(part, ast.Constant) and part.value:
                yield str(part.value)


def test_every_capability_asked_for_stands_in_the_table() -> None:
    unknown = {(name, word) for name, tree in modules() for word in asked(tree) if word not in CAPABILITIES}
    assert unknown == set()


def test_every_capability_of_the_table_is_asked_for_somewhere() -> None:
    named = {
        node.value
        for name, tree in modules()
        if name not in ("people/roles.py",)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(CAPABILITIES) - named == set()


def test_every_role_has_only_capabilities_of_the_table() -> None:
    for name, role in ROLES.items():
        assert role.capabilities <= set(CAPABILITIES), name
        assert role.capabilities, name


def test_every_capability_is_given_to_a_role() -> None:
    assert set().union(*(role.capabilities for role in ROLES.values())) == set(CAPABILITIES)
