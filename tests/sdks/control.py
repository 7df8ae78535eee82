"""The control plane of a served simulator, for whoever drives it with a library."""

import json
import urllib.request

__all__ = ["controlled", "totals"]


def controlled(base, credential):
    """`mock(path, body=None)`: a control call about the tenant of a credential."""

    def call(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{base}/_mock/{path}", data)) as reply:  # noqa: S310
            return json.load(reply)

    tenant = call("tenants", {"credential": credential})["id"]
    return lambda path, body=None: call(f"tenants/{tenant}/{path}", body)


def totals(mock, payment):
    """What the ledger says of a payment: authorised, captured, released, refunded, in major units."""
    known = mock(f"ledger?payment={payment}")["payments"][payment]
    return known["authorised"], known["captured"], known["released"], known["refunded"]
