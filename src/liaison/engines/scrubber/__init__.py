"""What is wrong with a claim before it is sent: facts of the claim and rules in, findings with their mending out.

`Facts` say what the scrubber looks at, `compile_rules` makes the bodies of rule documents ready (and `faults` says what
is wrong with one), `scrub` gives the findings. `read_ncci` reads what CMS publishes of pairs of procedures and unit
limits; whoever keeps them answers as `Edits`.
"""

from liaison.engines.scrubber import words
from liaison.engines.scrubber.facts import Drug, Facts, Finding, Line, Provider, Severity
from liaison.engines.scrubber.ncci import MODIFIERS, Edits, Limit, NoEdits, Pair, read_ncci
from liaison.engines.scrubber.rules import CHECKS, FIELDS, NEEDS, RuleFault, Rules, bad_codes, compile_rules, faults
from liaison.engines.scrubber.scrub import by_rules, scrub

__all__ = [
    "CHECKS",
    "FIELDS",
    "MODIFIERS",
    "NEEDS",
    "Drug",
    "Edits",
    "Facts",
    "Finding",
    "Limit",
    "Line",
    "NoEdits",
    "Pair",
    "Provider",
    "RuleFault",
    "Rules",
    "Severity",
    "bad_codes",
    "by_rules",
    "compile_rules",
    "faults",
    "read_ncci",
    "scrub",
    "words",
]
