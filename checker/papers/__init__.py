"""The papers that are made from a report: each is written out as a model first, and rendered from that."""
