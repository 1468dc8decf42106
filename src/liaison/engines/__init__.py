"""Pure engines: plain Python with plain data in and out; no Django, no database, no clock, no settings."""
