"""What every simulated gateway stands on; nothing here knows any gateway's name."""
