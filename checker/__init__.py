"""Check the dossier of a development zone against a policy, clause by clause."""

__version__ = "0.2.0.dev0"
