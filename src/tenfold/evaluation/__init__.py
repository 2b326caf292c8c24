"""How good a classifier is, and how sure we are of it: predictions on pictures whose labels are known."""
