"""The pages on which an office manager keeps the practice."""
