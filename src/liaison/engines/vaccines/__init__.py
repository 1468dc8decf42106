"""What the CDC's code tables say of vaccines: CVX, MVX, trade names, packages by NDC, information statements.

The CDC's tables are public domain. `tables.py` reads a release of them; `codes.json.gz` is the packaged one, in our own
form (`file.py`), written by `liaison immunize load-codes`.
"""

from liaison.engines.vaccines.facts import (
    Facts,
    Manufacturer,
    Product,
    TradeName,
    Vaccine,
    Vis,
)
from liaison.engines.vaccines.file import NotCodes, facts, read_from

__all__ = ["Facts", "Manufacturer", "NotCodes", "Product", "TradeName", "Vaccine", "Vis", "facts", "read_from"]
