"""What the programs to practise with share: a small HTTP server on 127.0.0.1, its start and end, and mischief."""
