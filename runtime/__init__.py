"""Connectors: pure translation between one payment interface and each gateway, and the one place that does I/O.

Law: imports nothing of ours from outside this folder. Inside: core <- connectors <- registry <- client.
Connectors never import one another; only `client.py` touches httpx, sockets or the clock.
"""
