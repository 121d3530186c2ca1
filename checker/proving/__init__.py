"""What rules can say at all: tests that never hold, rules that nobody can break or obey, exemptions, contradictions.

Whether something is possible is shown by a dossier on which the real check says so: an example of the rule, examples
of two rules put together, a dossier that is given, or one that a solver thought of. Whether it is impossible is proved
by going through all truths that tests can have together, which is so for every dossier, or by the solver, for dossiers
within bounds. What is neither shown nor proved is told as undecided.
"""
