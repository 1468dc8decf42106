"""What may be done with the books: periods, the drawer, the bank, expenses, statements, what patients are let off."""
