"""Signs in a test log that the tests wanted the network."""

from __future__ import annotations

import re

# What resolvers and sockets of the usual languages say when there is no network. Refused connections to the machine
# itself are the tests' own doing and do not count.
_SIGNS = re.compile(
    r"Temporary failure in name resolution"
    r"|Name or service not known"
    r"|No address associated with hostname"
    r"|nodename nor servname provided"
    r"|Could not resolve host"
    r"|failed to lookup address information"
    r"|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)"
    r"|UnknownHostException"
    r"|dial tcp: lookup "
    r"|php_network_getaddresses"
    r"|Network is unreachable"
    r"|network is unreachable"
    r"|ENETUNREACH"
    r"|No route to host"
)
_LONGEST = 200


def network_evidence(log: str) -> str | None:
    """The first line that shows an unresolvable name or an unreachable network, cut to 200 characters, or None."""
    match = _SIGNS.search(log)
    if match is None:
        return None
    start = log.rfind("\n", 0, match.start()) + 1
    end = log.find("\n", match.end())
    line = log[start : end if end >= 0 else len(log)]
    return (line if len(line) <= _LONGEST else log[match.start() : match.start() + _LONGEST]).strip()
