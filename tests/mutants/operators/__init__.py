"""Connectors broken line by line: a hand-written mutant asks a known question, these ask what nobody thought of.

mutmut supplies the changes; every one is run in a forked child, by the cases that reach its line, until one fails.
"""
