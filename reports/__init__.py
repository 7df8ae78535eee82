"""Results in, documents out. Law: imports `contracts.redact` and nothing else of ours; reads results, never suites."""
