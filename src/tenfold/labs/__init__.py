"""The lab sheets as notebooks: first, hidden10, wide, cnn, mlp. Each is written as Markdown beside its notebook."""
