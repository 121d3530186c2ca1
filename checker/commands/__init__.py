"""The commands by family: each takes its arguments, and what it does is done elsewhere."""
