"""Acme Pay for Assay: a connector, a simulator of the gateway, and the profile by which the suite knows them."""
