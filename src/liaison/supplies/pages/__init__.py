"""What a person sees of supplies."""
