"""A seeded generator of the sample clinic's people: whole families with histories, as FHIR R4 bundles.

`generate` is the door. Everyone in it is invented. The bundles have the shape that Synthea's have, so they go through
the importer that reads any other system's data.
"""

from liaison.engines.population.generator import generate

__all__ = ["generate"]
