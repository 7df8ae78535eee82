"""What a failure says: what was expected and where that is written, what was seen, and where to look further."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten, wrap

import pytest

from reports.results import Case, CaseOutcome, RequirementResult, Results
from runtime.core.money import EXPONENT, Money
from runtime.core.vocabulary import PaymentMethodType
from suites import meanings
from suites.inventory import Inventory, Requirement
from suites.profiles import Expectation, Profile

__all__ = ["Told", "lines", "source_of", "told"]

_SHOWN_CASES = 3  # of a requirement
_SHOWN_REQUIREMENTS = 20
_LONGEST = 4  # lines of one thing
_LABEL = 12


@dataclass(frozen=True, slots=True)
class Told:
    """An assertion's message taken apart; `expected` is empty where it says no more than what was seen."""

    expected: str
    seen: str


# How the suite's own sentences say both; whatever else a test asserts is a comparison.
_SENTENCES = (
    re.compile(r"(?P<what>\w+): expected (?P<expected>.+?), saw (?P<seen>.+)"),
    re.compile(r"(?P<what>\w+): (?P<expected>.+?) was expected, saw (?P<seen>.+)"),
    re.compile(r"(?P<what>\w+) raised (?P<seen>.+); (?P<expected>an outcome) was expected"),
    re.compile(r"(?P<expected>.+ must be rejected), saw (?P<seen>.+)"),
    re.compile(r"(?P<expected>.+ was genuine), but (?P<seen>.+)"),
)
# Of what is too long to be shown pytest shows where it begins to differ.
_FIRST_DIFFERENCE = re.compile(r"At index \d+ diff: (?P<seen>.+) != (?P<expected>.+)")
_OPERATORS = (" not in ", " is not ", " == ", " != ", " >= ", " <= ", " > ", " < ", " in ", " is ")
_IN_WORDS = {"==": "", "is": "", "in": "one of ", "!=": "not ", "is not": "not ", "not in": "none of "}


def told(message: str) -> Told:
    """What a message says was expected, and what was seen instead."""
    text = re.sub(r"^(?:[\w.]+\.)?(?:AssertionError|ConnectorFault|Failed): ", "", message)
    first, _, rest = text.partition("\n")
    for sentence in _SENTENCES:
        if found := sentence.fullmatch(first):
            return Told(_plain(found["expected"]), _plain(found["seen"]))
    if first.startswith("assert "):
        return _compared(first, rest)
    compared = _compared(rest.partition("\n")[0], rest) if rest.startswith("assert ") else Told("", "")
    return Told(compared.expected, f"{compared.seen}; {_plain(first)}" if compared.expected else _plain(first))


def _compared(line: str, rest: str) -> Told:
    """The sides of a comparison: the suite writes what it saw on the left, and what it wants on the right."""
    text = line.removeprefix("assert ")
    if (found := _FIRST_DIFFERENCE.search(rest)) and "..." in text:
        return Told(_plain(found["expected"]), _plain(found["seen"]))
    at, operator = next(_top_level(text), (0, ""))
    if not operator:
        return Told("nothing", _plain(text.removeprefix("not "))) if text.startswith("not ") else Told("", _plain(text))
    word = operator.strip()
    wanted = f"{_IN_WORDS.get(word, f'{word} ')}{_plain(text[at + len(operator) :])}"
    return Told(wanted, _plain(text[:at]))


def _top_level(text: str) -> Iterator[tuple[int, str]]:
    """Where an operator stands outside of all brackets and quotes."""
    depth, quote = 0, ""
    for at, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote and text[at - 1] != "\\" else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign in "([{") - (sign in ")]}")
            found = next((one for one in _OPERATORS if text.startswith(one, at)), None) if depth == 0 else None
            if found:
                yield at, found


_REPRS = (
    (re.compile(r"<\w+\.(\w+): [^<>]*>|\bMeaning\.(\w+)"), lambda found: found[1] or found[2]),  # an enum's word
    (re.compile(r"Decimal\('([^']*)'\)"), lambda found: found[1]),
    (re.compile(r"Money\(minor=(\d+), currency='(\w+)'\)"), lambda found: _money(int(found[1]), found[2])),
    (re.compile(r"frozenset\((\{.*?\})\)"), lambda found: found[1]),
    (re.compile(r"(?:, )?\b\w+=None\b"), lambda _: ""),
)


def _plain(text: str) -> str:
    """Python's reprs as a person writes them; what an outcome does not tell is left out."""
    for pattern, words in _REPRS:
        text = pattern.sub(words, text)
    return text.replace("(, ", "(").strip()


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, currency)) if currency in EXPONENT else f"{minor} {currency}"


def source_of(item: pytest.Item, profile: Profile) -> str:
    """Where the gateway publishes what a case is about; nothing for what no row of its manifest stands for."""
    given = getattr(item, "callspec", None)
    values = list(given.params.values()) if given else []
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return next(filter(None, (_published(part, profile) for part in parts)), "")


def _published(part: object, profile: Profile) -> str:
    manifest = profile.manifest
    if isinstance(source := getattr(part, "source", None), str):
        return source
    if isinstance(part, Expectation):
        return next((row.source for row in manifest.failures if row.code == part.raw), "")
    if isinstance(part, PaymentMethodType):
        return next((row.source for row in manifest.methods if meanings.METHOD[row.kind] is part), "")
    if isinstance(part, Money):
        return next((row.source for row in manifest.currencies if row.code == part.currency), "")
    return ""


# -- as a person reads it


def lines(results: Results, inventory: Inventory, *, evidence: Path | None, width: int) -> Iterator[str]:
    """Every requirement that failed, broke or was waived, with the first of its cases."""
    bad = [row for row in (*results.requirements, *results.candidates) if _bad(row)]
    for row in bad[:_SHOWN_REQUIREMENTS]:
        listed = inventory.requirements[row.id]
        yield f"{_bad(row)[0].outcome.value.upper()} {row.id} {row.title}{' (a candidate)' if listed.candidate else ''}"
        for case in _bad(row)[:_SHOWN_CASES]:
            yield from _case(case, listed, evidence, width)
        if (more := len(_bad(row)) - _SHOWN_CASES) > 0:
            yield f"  and {more} more of its {len(row.cases)} cases"
        yield f"  {'why':<{_LABEL - 2}}--assay-explain={row.id}"
    if (more := len(bad) - _SHOWN_REQUIREMENTS) > 0:
        yield f"... and {more} more requirements; --assay-results=FILE has them all."
    for use in results.waivers:
        text = f"WAIVER {use.requirement} ({use.status}) until {use.expires}, {use.issue}, {use.owner}: {use.reason}"
        yield shorten(text, width, placeholder="...")


def _bad(row: RequirementResult) -> list[Case]:
    return [case for case in row.cases if case.outcome in (CaseOutcome.FAIL, CaseOutcome.ERROR)]


def _case(case: Case, listed: Requirement, evidence: Path | None, width: int) -> Iterator[str]:
    yield from _labelled("case", case.name, width)
    if case.outcome is CaseOutcome.ERROR:
        yield from _labelled(
            "raised", f"{case.message.partition(chr(10))[0]} (this says nothing of the connector)", width
        )
    else:
        said = told(case.message)
        yield from _labelled("expected", f"{said.expected or listed.title} (by {_by(case, listed)})", width)
        yield from _labelled("seen", said.seen, width)
    yield from _labelled("look", _where(case, evidence), width)


def _by(case: Case, listed: Requirement) -> str:
    """Who expects it: the gateway's documents, else the requirement, and the bugs that made it one."""
    if case.source:
        return case.source
    return (
        f"{listed.id}, which guards against {', '.join(listed.guards[:2])}" if listed.guards else f"{listed.id} itself"
    )


def _where(case: Case, evidence: Path | None) -> str:
    if not case.evidence:
        return "no exchange: the connector asked nothing of the gateway"
    asked = f"{case.exchanges} exchange{'s' * (case.exchanges > 1)}"
    return f"{asked}: {evidence / case.evidence}.json" if evidence else f"{asked}, written with --assay-evidence=DIR"


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    """A label, and the text beside it, in as many lines as one thing may have."""
    folded = wrap(text, max(width - _LABEL, 40), max_lines=_LONGEST, placeholder=" ...", break_on_hyphens=False) or [""]
    for at, line in enumerate(folded):
        yield f"  {'' if at else label:<{_LABEL - 2}}{line}"
