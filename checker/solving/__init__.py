"""Rules as formulas over a small dossier that is not filled in: what no dossier can be.

More is thought possible than is, never less: what the solver calls impossible is impossible, and what it calls possible
is a dossier to be tried. Only `terms` knows z3, and loads it when something is asked.
"""
