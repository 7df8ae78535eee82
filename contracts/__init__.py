"""What gateways really said. Law: imports only `runtime.core`; `redact.py` imports nothing of ours at all."""
