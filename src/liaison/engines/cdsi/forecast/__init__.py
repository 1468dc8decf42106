"""Chapter 7, forecast dates and reasons: one module a section, one function a decision table."""
