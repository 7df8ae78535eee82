"""The exchange broken instead of the connector: what a proxy does between both proves the suite for any language.

A sound connector behind such a proxy is to the suite a connector with that bug, wherever it runs.
"""
