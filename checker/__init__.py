"""Check the dossier of a development zone against a policy, clause by clause."""

__version__ = "0.1.0"
