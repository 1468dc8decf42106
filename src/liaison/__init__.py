"""Liaison: the link between the front office and the clinic, as software."""

__version__ = "0.1.0"
