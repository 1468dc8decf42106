"""How charges follow from what was done: codes of vaccines, modifiers."""
