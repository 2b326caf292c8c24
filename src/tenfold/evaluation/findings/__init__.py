"""What a run teaches: rules that read plain evidence and say something, or nothing where the evidence is thin."""
