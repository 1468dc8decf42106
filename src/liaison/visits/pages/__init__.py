"""What a person sees of visits: the day, and each visit's working page with its forms, stage by stage."""
