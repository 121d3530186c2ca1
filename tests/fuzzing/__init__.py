"""Structure-aware fuzzing: inputs that are nearly right, and what must come of each.

`python -m tests.fuzzing --minutes 10 [--seed N] [dossier|pack|workbook|report|commands]...` runs for that long, all
kinds in turn where none is named, and ends with 1 if anything was found. Each input is run twice, in two processes
that differ in hash seed, time zone, locale and width of the terminal. What must hold is in `oracle`: no traceback, no
hang, an exit code that the README lists and that is right for such an input, bounded memory, files written whole or
not at all, inputs untouched, nothing left behind, and the same bytes both times.

A fault is shrunk by Hypothesis to the smallest input that shows it, which is kept with its command line below
`--keep` (a folder of its own by default). The tests in `test_fuzzing.py` run a few inputs of each kind.
"""
