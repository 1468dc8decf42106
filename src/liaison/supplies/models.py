"""Goods and where they lie: items, storage units, lots, the stock of each, and the ledger of every dose."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q

from liaison.kernel.errors import Refused
from liaison.people.models import Staff
from liaison.places.models import Site
from liaison.record.models import Guarded


class Funding(models.TextChoices):
    """Who paid for a dose. A dose of one source is given to a patient of another only as a recorded borrowing."""

    PRIVATE = "private", "private"
    VFC = "vfc", "VFC"
    STATE = "state", "state"


class Storage(models.TextChoices):
    """How goods are kept."""

    REFRIGERATOR = "refrigerator", "refrigerator"
    FREEZER = "freezer", "freezer"
    ULTRA_COLD = "ultra-cold", "ultra-cold freezer"
    ROOM = "room", "room temperature"


class Item(Guarded):
    """Something that is kept in stock, counted in its `unit`. A vaccine names its CVX, and its NDC when it has one."""

    class Kind(models.TextChoices):
        VACCINE = "vaccine", "vaccine"
        MEDICATION = "medication", "medication"
        SUPPLY = "supply", "supply"

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.VACCINE)
    name = models.CharField(max_length=120)
    cvx = models.CharField("CVX", max_length=4, default="", blank=True)
    mvx = models.CharField("MVX", max_length=10, default="", blank=True)
    ndc = models.CharField("NDC", max_length=13, default="", blank=True)  # eleven digits with hyphens, of the package
    unit = models.CharField(max_length=20, default="dose")
    doses_per_package = models.PositiveSmallIntegerField(default=1)
    doses_per_vial = models.PositiveSmallIntegerField(default=1)  # more than one: the vial is opened
    beyond_use_days = models.PositiveSmallIntegerField(null=True, blank=True)  # of an opened vial; empty: as labelled
    storage = models.CharField(max_length=12, choices=Storage.choices, default=Storage.REFRIGERATOR)
    reorder_level = models.PositiveIntegerField(default=0)  # at a site; 0: nobody is told
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name"], condition=Q(active=True), name="item_name_once"),
            models.UniqueConstraint(fields=["ndc"], condition=Q(active=True) & ~Q(ndc=""), name="item_ndc_once"),
            models.CheckConstraint(condition=~Q(kind="vaccine") | ~Q(cvx=""), name="a_vaccine_has_its_cvx"),
            models.CheckConstraint(
                condition=Q(doses_per_package__gt=0, doses_per_vial__gt=0), name="item_holds_something"
            ),
        )
        indexes = (models.Index(fields=["cvx"], name="item_by_cvx"),)

    def __str__(self) -> str:
        return self.name


class Code(Guarded):
    """A GTIN (14 digits) that the CDC's crosswalk does not know, tied to an item by hand."""

    gtin = models.CharField("GTIN", max_length=14, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="codes")

    def __str__(self) -> str:
        return self.gtin


class StorageUnit(Guarded):
    """A refrigerator, freezer or shelf at a site, and the temperatures (°C) between which it must stay."""

    class Scale(models.TextChoices):
        CELSIUS = "Cel", "°C"
        FAHRENHEIT = "[degF]", "°F"

    site = models.ForeignKey(Site, models.PROTECT, related_name="storage_units")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Storage.choices)
    low_c = models.DecimalField(max_digits=5, decimal_places=2)
    high_c = models.DecimalField(max_digits=5, decimal_places=2)
    scale = models.CharField(max_length=6, choices=Scale.choices, default=Scale.FAHRENHEIT)  # of its display
    twice_daily = models.BooleanField(default=True)  # somebody reads it in the morning and in the afternoon
    missed = models.CharField(max_length=13, default="", blank=True)  # the last half day whose reading was asked for
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["site", "name"], condition=Q(active=True), name="unit_name_once_a_site"),
            models.CheckConstraint(condition=Q(low_c__lt=models.F("high_c")), name="unit_low_below_high"),
        )

    def __str__(self) -> str:
        return self.name


class Lot(Guarded):
    """What a manufacturer made at once. A recalled lot is `quarantined` wherever it lies."""

    class Status(models.TextChoices):
        USABLE = "usable", "usable"
        QUARANTINED = "quarantined", "recalled"

    item = models.ForeignKey(Item, models.PROTECT, related_name="lots")
    number = models.CharField(max_length=30)
    expires_on = models.DateField()  # the last day on which it may be used
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.USABLE)
    reason = models.CharField(max_length=200, default="", blank=True)  # of its quarantine

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "number"], name="lot_once"),)
        indexes = (models.Index(fields=["expires_on"], name="lot_by_expiry"),)

    def __str__(self) -> str:
        return self.number


class Excursion(Guarded):
    """A unit was out of its limits, or quarantined by hand (`reason`). Open until every stock in it is decided about.

    Temperatures are °C; `last_good_at` is when it was last known to be well, `ended_at` when it was so again.
    """

    unit = models.ForeignKey(StorageUnit, models.PROTECT, related_name="excursions")
    reason = models.CharField(max_length=200, default="", blank=True)
    last_good_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField()
    last_out_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    low_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    high_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["unit", "began_at"], name="excursion_of_unit"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.began_at:%Y-%m-%d %H:%M}"


class Stock(Guarded):
    """The doses of one lot in one unit that one source paid for. `on_hand` is the sum of its movements, always.

    Doses that went through an excursion stay apart from those of the same lot that did not.
    """

    class Status(models.TextChoices):
        USABLE = "usable", "usable"
        QUARANTINED = "quarantined", "quarantined"

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stock")
    unit = models.ForeignKey(StorageUnit, models.PROTECT, related_name="stock")
    funding = models.CharField(max_length=8, choices=Funding.choices)
    on_hand = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.USABLE)
    excursion = models.ForeignKey(Excursion, models.PROTECT, null=True, blank=True, related_name="stock")
    use_until = models.DateField(null=True, blank=True)  # shortened after an excursion
    told = models.CharField(max_length=10, default="", blank=True)  # soon, expired: what a task was made for

    # Why it may not be used, where a query has looked (`queries.stock_at`)
    refused: Refused | None = None

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_never_below_zero"),
            models.UniqueConstraint(
                fields=["lot", "unit", "funding"],
                condition=Q(excursion=None, use_until=None),
                name="stock_once_a_place",
            ),
            models.CheckConstraint(
                condition=Q(status="usable") | Q(excursion__isnull=False), name="quarantined_by_an_excursion"
            ),
        )
        indexes = (models.Index(fields=["unit", "on_hand"], name="stock_in_unit"),)

    def __str__(self) -> str:
        return f"{self.on_hand} {self.funding}"

    @property
    def last_day(self) -> date:
        """The last day on which it may be used."""
        return min(self.lot.expires_on, self.use_until or self.lot.expires_on)


class Vial(Guarded):
    """An opened multi-dose vial of a stock: how many doses are left in it, and until when they may be used."""

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="vials")
    opened_at = models.DateTimeField()
    use_by = models.DateField()
    doses = models.PositiveSmallIntegerField()
    left = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(left__lte=models.F("doses")), name="vial_not_overfull"),
            models.UniqueConstraint(fields=["stock"], condition=Q(left__gt=0), name="one_open_vial_a_stock"),
        )

    def __str__(self) -> str:
        return f"{self.left} of {self.doses}"


class Count(Guarded):
    """What was counted in a unit. `lines`: [{stock, lot, item, funding, expected, counted, reason, note}]."""

    unit = models.ForeignKey(StorageUnit, models.PROTECT, related_name="counts")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    lines = models.JSONField(default=list)
    differences = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["unit", "at"], name="count_of_unit"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Borrowing(Guarded):
    """A debt between two sources: `doses` that `lender` paid for went to `borrower`'s patients, until returned."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    lender = models.CharField(max_length=8, choices=Funding.choices)
    borrower = models.CharField(max_length=8, choices=Funding.choices)
    doses = models.PositiveSmallIntegerField()
    returned = models.PositiveSmallIntegerField(default=0)
    cancelled = models.BooleanField(default=False)  # the use that caused it was entered in error
    reason = models.CharField(max_length=200)
    for_id = models.UUIDField(null=True, blank=True)  # the immunization
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(lender=models.F("borrower")), name="borrowed_between_two_sources"),
            models.CheckConstraint(
                condition=Q(doses__gt=0, returned__lte=models.F("doses")), name="no_more_returned_than_borrowed"
            ),
        )
        indexes = (models.Index(fields=["site", "settled_at"], name="borrowing_open"),)

    def __str__(self) -> str:
        return f"{self.doses} {self.lender} for {self.borrower}"

    @property
    def owed(self) -> int:
        """Doses that are still to be returned."""
        return 0 if self.cancelled else self.doses - self.returned


class Movement(Guarded):
    """One entry of the ledger: doses that came to a stock (+) or left it (−). Append-only; corrected by another.

    `after` is what the stock held then. The two sides of a transfer, borrowing or return share their `transaction`.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", "received"
        USED = "used", "given"
        PUT_BACK = "put-back", "put back"
        WASTED = "wasted", "wasted"
        MOVED = "moved", "moved"
        BORROWED = "borrowed", "borrowed"
        RETURNED = "returned", "returned"
        COUNTED = "counted", "counted"

    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    doses = models.IntegerField()
    after = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=120, default="", blank=True)
    transaction = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=20, default="", blank=True)  # of waste and of a count's difference
    note = models.CharField(max_length=200, default="", blank=True)
    for_id = models.UUIDField(null=True, blank=True)  # the immunization it was given for
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    borrowing = models.ForeignKey(Borrowing, models.PROTECT, null=True, blank=True, related_name="movements")
    count = models.ForeignKey(Count, models.PROTECT, null=True, blank=True, related_name="movements")
    vial = models.ForeignKey(Vial, models.PROTECT, null=True, blank=True, related_name="movements")
    serial = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(doses=0), name="movement_moves_something"),)
        indexes = (
            models.Index(fields=["stock", "at"], name="movement_of_stock"),
            models.Index(fields=["for_id"], name="movement_for", condition=Q(for_id__isnull=False)),
            models.Index(fields=["at"], name="movement_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.doses:+}"


class Reading(Guarded):
    """A temperature of a unit (°C): what it shows, and the lowest and highest since the last reading, where known."""

    class Source(models.TextChoices):
        HAND = "hand", "by hand"
        LOGGER = "logger", "logger"

    unit = models.ForeignKey(StorageUnit, models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    current_c = models.DecimalField(max_digits=5, decimal_places=2)
    low_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    high_c = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.HAND)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    initials = models.CharField(max_length=4, default="", blank=True)
    out = models.BooleanField(default=False)  # of the limits that held then
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["unit", "at", "source"], name="reading_once"),)
        indexes = (models.Index(fields=["unit", "at"], name="reading_of_unit"),)

    def __str__(self) -> str:
        return f"{self.current_c} °C"

    @property
    def lowest_c(self) -> Decimal:
        return self.current_c if self.low_c is None else min(self.low_c, self.current_c)

    @property
    def highest_c(self) -> Decimal:
        return self.current_c if self.high_c is None else max(self.high_c, self.current_c)


class Decision(Guarded):
    """What happens to a stock that went through an excursion, who at the manufacturer was asked, and why."""

    class Verdict(models.TextChoices):
        USE = "use", "use as usual"
        UNTIL = "until", "use until a new date"
        DISCARD = "discard", "discard"

    excursion = models.ForeignKey(Excursion, models.PROTECT, related_name="decisions")
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    until = models.DateField(null=True, blank=True)
    asked = models.CharField(max_length=120)
    why = models.CharField(max_length=300)
    doses = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(verdict="until") | Q(until__isnull=False), name="until_has_its_date"),
        )

    def __str__(self) -> str:
        return self.verdict
