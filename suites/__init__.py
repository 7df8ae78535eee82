"""The conformance suite. Law: a test names a capability, never a gateway; only `profiles/` knows gateways."""
