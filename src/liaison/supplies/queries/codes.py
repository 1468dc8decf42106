"""What a scanned code is of: by the practice's own ties, by the CDC's crosswalk from NDC to CVX and MVX."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liaison.engines.vaccines import Product, facts
from liaison.supplies import scanning
from liaison.supplies.models import Code, Item, Lot


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code says, and what it is of.

    Without an `item` the package is not kept in stock here; without a `cvx` nobody knows it, and it may be tied to an
    item by hand (`actions.tie_code`). `doses` is what the package holds, where that is known.
    """

    gtin: str
    ndc: str
    cvx: str
    mvx: str
    lot: str
    expires_on: date | None
    serial: str
    item: Item | None
    name: str = ""
    doses: int | None = None

    @property
    def sorry(self) -> str:
        """What to do about a code that leads to nothing in stock; empty when it leads to an item."""
        if self.item is not None:
            return ""
        if self.cvx:
            return f"{self.name} is not among the items of this practice. Add it to the list of items, then scan again."
        return "This code is not in the CDC's list of vaccine packages. Choose the item once; it is known from then on."


def read_code(text: str) -> Scanned:
    """What a scanned or typed code is: GS1 DataMatrix, UPC, GTIN or NDC. Raises Invalid for what is no code at all."""
    readings = scanning.read(text)
    reading = readings[0] if len(readings) == 1 else _known(readings)
    code = Code.objects.filter(gtin=reading.gtin).select_related("item").first() if reading.gtin else None
    product = next((found for ndc in reading.ndcs for found in facts().spelled(ndc)), None)
    item = code.item if code and code.item.active else _item(product, reading.ndcs)
    if item is not None and item.cvx and (product is None or product.cvx != item.cvx):
        # Tied by hand, or one of two vaccines under one NDC: the item says which
        same = [p for ndc in reading.ndcs for p in facts().spelled(ndc) if p.cvx == item.cvx]
        product = same[0] if same else None
    ndc = product.ndc if product else item.ndc if item else ""
    return Scanned(
        gtin=reading.gtin,
        ndc=ndc,
        cvx=item.cvx if item else product.cvx if product else "",
        mvx=(item.mvx if item else "") or (product.mvx if product else ""),
        lot=reading.lot,
        expires_on=reading.expires_on,
        serial=reading.serial,
        item=item,
        name=item.name if item else product.name.title() if product else "",
        doses=_doses(product, item),
    )


def _doses(product: Product | None, item: Item | None) -> int | None:
    """What the scanned package holds: as the CDC's table says, else as the practice says of its item."""
    if product is not None and product.doses is not None:
        return product.doses
    if item is None:
        return None
    return item.doses_per_vial if product is not None and product.of_use else item.doses_per_package


def _known(readings: Sequence[scanning.Reading]) -> scanning.Reading:
    """Of several ways to read a code without separators, the one whose lot has been received; else the likeliest."""
    lots = {each.lot for each in readings if each.lot}
    there = set(Lot.objects.filter(number__in=lots).values_list("number", flat=True))
    return next((each for each in readings if each.lot in there), readings[0])


def _item(product: Product | None, ndcs: Sequence[str]) -> Item | None:
    """The practice's item for a package: by its NDC, by that of the carton it comes in, by vaccine and maker."""
    items = Item.objects.filter(active=True)
    if product is None:
        wanted = [f"{ndc[:5]}-{ndc[5:9]}-{ndc[9:]}" for ndc in ndcs]
        return items.filter(ndc__in=wanted).first() if wanted else None
    cartons = [each.ndc for each in facts().products if product.ndc11 in each.uses]
    if found := items.filter(ndc__in=[product.ndc, *cartons]).order_by("name").first():
        return found
    # The same vaccine in another package: only where there is no choice
    alike = list(items.filter(cvx=product.cvx, mvx=product.mvx)[:2])
    return alike[0] if len(alike) == 1 else None
