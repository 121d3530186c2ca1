"""Spreadsheets: a workbook made from the dossier schema, filled by people, and read back cell by cell."""
