"""Everybody who takes part, this project first."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import MappingProxyType

from benchmarks.peers import columns, expressions, generated, ours, production, rego
from benchmarks.peers.contest import Peer

ENTRANTS: Mapping[str, Peer] = MappingProxyType(
    {peer.name: peer for family in (ours, generated, columns, expressions, production, rego) for peer in family.PEERS}
)


def is_installed(peer: Peer) -> bool:
    """Say whether a peer can take part."""
    return all(find_spec(each.partition(".")[0]) is not None for each in peer.modules)


def version_of(peer: Peer) -> str:
    """Give the version of a peer's package; none where it is not installed."""
    try:
        return version(peer.package)
    except PackageNotFoundError:
        return ""
