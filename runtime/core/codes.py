"""Code lists as data beside a connector: `codes.csv` with raw, kind, unified, retry, source; and how rows are read."""

import csv
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from runtime.core.vocabulary import ErrorCode, RetryAdvice

__all__ = ["Advice", "meaning", "read_codes", "read_words"]

Word = TypeVar("Word", bound=StrEnum)
Meaning = TypeVar("Meaning")
Advice = tuple[ErrorCode, RetryAdvice]
"""Our word for a gateway's code, and what to do about it."""


def read_codes(beside: str, *kinds: str) -> Mapping[str, Advice]:
    """The rows of some kinds in the `codes.csv` beside a module (`__file__`), by their raw code.

    Raises:
        KeyError: a word that is not in the vocabulary.
        ValueError: a raw code that stands twice.
    """
    rows = _rows(beside, kinds)
    codes = {row["raw"]: (ErrorCode[row["unified"]], RetryAdvice[row["retry"]]) for row in rows}
    if len(codes) != len(rows):
        raise ValueError(f"codes.csv beside {Path(beside).parent.name}: a raw code of {kinds} stands twice")
    return codes


def read_words(beside: str, kind: str, words: type[Word]) -> Mapping[str, Word]:
    """The rows of one kind, by their raw word, where `unified` is of another vocabulary than the error codes.

    Raises:
        KeyError: a word that is not in that vocabulary.
        ValueError: a raw word that stands twice.
    """
    rows = _rows(beside, (kind,))
    found = {row["raw"]: words[row["unified"]] for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"codes.csv beside {Path(beside).parent.name}: a raw word of {kind} stands twice")
    return found


def meaning(
    rows: Iterable[tuple[str, Callable[[Any], object], Meaning]], raw: str, seen: object, unknown: Meaning
) -> Meaning:
    """What a raw status means beside all else that was seen: the first row of that name whose condition holds."""
    return next((word for name, holds, word in rows if name == raw and holds(seen)), unknown)


def _rows(beside: str, kinds: tuple[str, ...]) -> list[dict[str, str]]:
    with Path(beside).with_name("codes.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in kinds]
