"""What billing prints: receipts, statements, forms, letters."""
