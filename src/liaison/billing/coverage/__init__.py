"""What coverage comes to: differences to what is on file, and what a planned visit will cost."""
