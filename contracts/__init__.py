"""What gateways really said. Law: imports only `runtime.core`; `redact.py` imports nothing of ours at all.

One strict JSON file per flow (`format.py`) is used three ways: `replay.py` plays the gateway to a connector,
`verify.py` plays the connector to a gateway, and `drift.py` says how a gateway moved away from what was recorded.
"""
