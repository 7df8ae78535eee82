"""Recorded exchanges: what a connector makes of them, beside what their source says of them.

The recordings are large and not ours, so they are read from the folder in ASSAY_REFERENCE. Only lines of flows that the
connector claims are scored; a line without a stated outcome must still parse, or be refused, without losing its id.
"""
