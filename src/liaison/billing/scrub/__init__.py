"""What a claim is checked by before it is sent: its facts, the practice’s rules, CMS’s edits."""
