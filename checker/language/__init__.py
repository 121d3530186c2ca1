"""The rule language: text → typed tree → formulas, generated code, evidence and Chinese sentences."""
