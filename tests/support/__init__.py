"""What the tests stand on: databases of their own, real processes, a real browser, the shared data."""
