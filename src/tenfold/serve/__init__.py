"""A run in other hands: written as a plain Keras program that needs no Tenfold."""
