"""What the books stand on: their days, what the database keeps by itself, pictures, mail, export."""
