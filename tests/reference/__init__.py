"""A plain reading of the rules that shares no code with the program, and dossiers to hold the two against each other."""
