"""One workload for this project and its peers, side by side: `python -m benchmarks.peers`."""
