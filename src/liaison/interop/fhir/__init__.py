"""The FHIR R4 face: read, vread, history and search, sent as the bytes that were written when the fact changed."""

from liaison.interop.fhir import events  # noqa: F401  # registers AuditEvent and Provenance
