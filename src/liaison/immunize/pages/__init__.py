"""What a person sees of vaccines: the patient's vaccines of today, the history, papers, lists of the practice."""
