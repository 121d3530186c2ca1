"""Many dossiers: what a run over them needs of each, how it is run, and what is said of all together."""
