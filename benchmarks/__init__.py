"""How fast a check is, from a thousand parcels to a hundred thousand: `python -m benchmarks`."""
