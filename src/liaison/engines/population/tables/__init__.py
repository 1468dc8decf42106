"""What the sample people are made of: names, places, problems, drugs, allergens, vaccines, growth. Data only."""
