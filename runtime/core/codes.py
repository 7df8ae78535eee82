"""Code lists as data beside a connector: `codes.csv` with raw, kind, unified, retry, source."""

import csv
from collections.abc import Mapping
from pathlib import Path

from runtime.core.vocabulary import ErrorCode, RetryAdvice

__all__ = ["Advice", "read_codes"]

Advice = tuple[ErrorCode, RetryAdvice]
"""Our word for a gateway's code, and what to do about it."""


def read_codes(beside: str, *kinds: str) -> Mapping[str, Advice]:
    """The rows of some kinds in the `codes.csv` beside a module (`__file__`), by their raw code.

    Raises:
        KeyError: a word that is not in the vocabulary.
        ValueError: a raw code that stands twice.
    """
    with Path(beside).with_name("codes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in kinds]
    codes = {row["raw"]: (ErrorCode[row["unified"]], RetryAdvice[row["retry"]]) for row in rows}
    if len(codes) != len(rows):
        raise ValueError(f"codes.csv beside {Path(beside).parent.name}: a raw code of {kinds} stands twice")
    return codes
