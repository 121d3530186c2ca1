"""Spreadsheets: a workbook made from the dossier schema, filled by people, and read back cell by cell."""

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
CSV = ".csv"
"""The endings of the files that are read."""
OTHERS = frozenset({".xls", ".et", ".ods", ".xlsb", ".numbers"})
"""Spreadsheets that are not read, because what is wrong with their cells could not be told."""
NOT_XLSX = ("不是 xlsx 格式（旧版格式，或者加了密码）", "去掉密码，另存为 .xlsx")
"""What is said of one of those, and the way out."""
