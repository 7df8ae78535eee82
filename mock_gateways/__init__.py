"""Stateful payment gateway simulators, written from the gateways' own documents.

The law of this package: it imports nothing of ours outside itself, so that a simulator and a connector cannot agree
on the same mistake, and so that it can be put into anyone's test environment.
"""
