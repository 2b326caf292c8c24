"""The command line: arguments in, lines or one JSON object out. It calls what a notebook calls; nothing imports it."""
