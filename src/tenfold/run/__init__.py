"""A run: one directory that holds everything about one training, from the recipe to the predictions."""
