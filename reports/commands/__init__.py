"""One module a command: it reads its options, calls what does the work, and says what came of it."""
