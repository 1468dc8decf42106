"""Money on the screen: claims and where they stand, visits to code, a patient’s account, payments."""
