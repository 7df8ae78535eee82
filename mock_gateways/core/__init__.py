"""What every simulated gateway stands on; nothing here knows any gateway's name.

A new gateway is a folder of tables and of what it alone says, put together in one `Gateway` (gateway.py):

- failures.csv, currencies.csv, events.csv, settings.csv, operations.csv: read by published.py, which makes of them the
  routes and the manifest; methods.csv and instruments.csv are read row by row.
- its kinds of parameters and its words for a wrong one: a Reader (specification.py), which checks requests; the same
  specifications, and replies.csv, make the OpenAPI document (openapi.py).
- its steps and states as a table: transitions.py takes them, or refuses; `World.post` moves the money.
- what it signs with, and what a hostile sender would send: a Signer (outbox.py); endpoints.py writes the deliveries.
- its error envelope: Envelopes (gateway.py). Credentials: credentials.py. Cards: cards.py. States: stage.py.
"""
