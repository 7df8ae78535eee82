"""One folder per gateway, always the same names: __init__ (CONNECTOR), tables, codes.csv, wire, flows (, webhooks)."""
