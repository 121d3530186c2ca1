"""A plain reading of the rules that shares no code with the program, and random dossiers for both to read."""
