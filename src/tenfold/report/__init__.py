"""How do I show someone: one HTML file that holds everything about a run and needs nothing from anywhere."""
