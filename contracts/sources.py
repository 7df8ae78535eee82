"""Whose answers are recorded: a sandbox's, or a simulator's, which is never called one."""

import ipaddress
from urllib.parse import urlsplit

from contracts.errors import Refused
from contracts.format import Source
from contracts.policy import Policy

__all__ = ["SIMULATED", "source_of"]

SIMULATED = "https://gateway.test"
"""What a simulator is called, wherever it listens: its port is nobody's business, and changes with every run."""


def source_of(upstream: str, policy: Policy) -> Source:
    """Whose answers these are. What is on this machine is a simulator, whoever says otherwise.

    Raises Refused for a host that the gateway's rules do not list, and for one that is asked without encryption.
    """
    address = urlsplit(upstream)
    if _is_local(address.hostname or ""):
        return Source.SIMULATOR
    if address.hostname not in policy.hosts:
        raise Refused([f"{address.hostname or upstream!r} is not among the hosts of {policy.gateway}'s rules"])
    if address.scheme != "https":
        raise Refused([f"{address.hostname} is asked without encryption"])
    return Source.SANDBOX


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", urlsplit(SIMULATED).hostname)
