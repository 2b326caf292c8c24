"""What a network saw and learned: its weights, filters and activations, and what in a picture decided."""
