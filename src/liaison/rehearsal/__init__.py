"""The sample clinic and the rehearsal: a clinic day played by actors through exactly the actions that the pages use."""
