"""Dossiers: the schema, exact and fast decoding, the wording of everything that is wrong, and doubts that remain."""
