"""What a person sees of the registry: messages and their problems, a patient's history there, the connection."""
