"""Spreadsheets: a workbook made from the dossier schema, filled by people, and read back cell by cell."""

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
CSV = ".csv"
"""The endings of the files that are read."""
