"""The vaccine series that the sample people had, by usual age. CVX codes as of 2025; not a forecasting schedule."""

from datetime import date
from typing import NamedTuple

MONTH = 30.44
YEAR = 365.25


class Product(NamedTuple):
    """A vaccine by CVX code, in use from a date on."""

    cvx: str
    name: str
    since: date = date(1900, 1, 1)


class Series(NamedTuple):
    """Doses of one series: usual ages in days, the products in turn of their introduction (the last in use counts)."""

    key: str
    ages: tuple[float, ...]
    products: tuple[Product, ...]
    route: str = "IM"
    from_year: int = 1990


def _months(*months: float) -> tuple[float, ...]:
    return tuple(m * MONTH for m in months)


def _years(*years: float) -> tuple[float, ...]:
    return tuple(y * YEAR for y in years)


CHILDHOOD = (
    Series("HepB", (0, 1.2 * MONTH, 6.2 * MONTH), (Product("08", "Hep B, adolescent or pediatric"),)),
    Series("RV", _months(2.05, 4.1), (Product("119", "rotavirus, monovalent"),), "PO", 2008),
    Series("DTaP", _months(2.05, 4.1, 6.2, 15.5, 50), (Product("20", "DTaP"),)),
    Series("Hib", _months(2.05, 4.1, 12.5), (Product("49", "Hib (PRP-OMP)"),)),
    Series(
        "PCV",
        _months(2.05, 4.1, 6.2, 12.5),
        (
            Product("133", "Pneumococcal conjugate PCV 13", date(2010, 3, 1)),
            Product("216", "Pneumococcal conjugate PCV20", date(2023, 7, 1)),
        ),
        "IM",
        2010,
    ),
    Series("IPV", _months(2.05, 4.1, 6.2, 50), (Product("10", "IPV"),)),
    Series("MMR", _months(12.5, 50), (Product("03", "MMR"),), "SC"),
    Series("VAR", _months(12.5, 50), (Product("21", "varicella"),), "SC", 1996),
    Series("HepA", _months(12.5, 19), (Product("83", "Hep A, ped/adol, 2 dose"),), "IM", 2006),
    Series("HPV", _years(11.1, 11.7), (Product("165", "HPV9", date(2014, 12, 11)),), "IM", 2004),
    Series("Tdap", _years(11.1), (Product("115", "Tdap", date(2005, 6, 1)),)),
    Series(
        "MenACWY",
        _years(11.1, 16.1),
        (
            Product("114", "meningococcal MCV4P", date(2005, 1, 1)),
            Product("203", "meningococcal conjugate quadrivalent, MenACWY-TT (MCV4)", date(2021, 3, 1)),
        ),
        "IM",
        1994,
    ),
)

INFLUENZA = (
    Product("150", "Influenza, split virus, quadrivalent, PF", date(2013, 7, 1)),
    Product("141", "Influenza, split virus, trivalent, preservative", date(2024, 7, 1)),
)
COVID = (Product("309", "COVID-19, mRNA, LNP-S, PF, tris-sucrose, 30 mcg/0.3 mL", date(2023, 9, 15)),)
TDAP = Product("115", "Tdap", date(2005, 6, 1))
ZOSTER = Product("187", "zoster recombinant", date(2018, 1, 1))
PNEUMOCOCCAL = Product("216", "Pneumococcal conjugate PCV20", date(2021, 11, 1))
