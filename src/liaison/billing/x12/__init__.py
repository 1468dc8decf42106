"""Our rows as the X12 engine writes and reads them."""
