"""Issuing: from a results file to a certificate, once it is sure that the certificate would hold."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from reports.certificate import Lane, Recorded, Statement, compose
from reports.consistency import CONSISTENT
from reports.digests import file_digest, holds, is_archive
from reports.pages.reading import read as read_results
from reports.results import STAMP, Recording, RequirementOutcome, Results

__all__ = ["NotCertifiable", "Order", "issue"]


class NotCertifiable(ValueError):
    """A run that certifies nothing, or not what was named; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for besides the run.

    `sealed` puts the payload into its envelope; None: it stays bare. `ran_on` is the day of the run, which results do
    not tell; None: the day of issue. `connector` is the distribution or tree it is to be about; None: the tree that
    was tested, by its digest. `stamps` are results of other lanes, each with the day it ran.
    """

    sealed: Callable[[bytes], bytes] | None
    issued: datetime
    ran_on: date | None = None
    connector: Path | None = None
    stamps: Sequence[tuple[Path, date]] = ()


def issue(file: Path, order: Order) -> Statement:
    """The certificate that a results file allows.

    Raises:
        reports.pages.reading.Unreadable: a file is missing, truncated, foreign, newer, or contradicts itself.
        NotCertifiable: the run failed, left something out, or was of another connector.
    """
    results = read_results(file).results
    if reasons := [*_hindrances(results)]:
        raise NotCertifiable("; ".join(reasons))
    digest = file_digest(file)
    lanes = [Lane(lane=results.lane, date=(order.ran_on or order.issued.date()).isoformat(), results=digest)]
    statement = compose(
        results,
        digest=digest,
        issued=order.issued,
        subject=_subject(results, order.connector),
        name=_name(results, order.connector),
        lanes=[*lanes, *(_lane(other, day, results) for other, day in order.stamps)],
    )
    if doubts := [f"{name}: {doubt}" for name, check in CONSISTENT.items() for doubt in check(statement)]:
        raise NotCertifiable("; ".join(doubts))
    return statement


def _hindrances(results: Results) -> Iterator[str]:
    yield from results.verdict.reasons
    if results.lane != "simulator":
        yield f"only the simulator's lane reaches a state; these results are of the lane {results.lane}"
    if not results.states or not results.simulator_digest:
        yield "written by a suite that did not tell the states yet: run it again"


def _name(results: Results, connector: Path | None) -> str:
    return connector.name if connector and connector.is_file() else results.connector.name


def _subject(results: Results, connector: Path | None) -> dict[str, str]:
    """A distribution by the digest that everybody knows, or a tree by its dirHash, which sigstore does not take."""
    if connector is None:
        return {"dirHash": results.connector.digest}
    if not holds(connector, results.connector.digest):
        raise NotCertifiable(f"{connector}: does not hold the files that were tested")
    return {"sha256": file_digest(connector)} if is_archive(connector) else {"dirHash": results.connector.digest}


def _lane(file: Path, day: date, certified: Results) -> Lane:
    other = read_results(file).results
    if other.connector.digest != certified.connector.digest:
        raise NotCertifiable(f"{file}: of another connector")
    if other.lane == certified.lane:
        raise NotCertifiable(f"{file}: a stamp needs a run of another lane")
    if other.verdict.reasons != (STAMP,):
        why = "; ".join(reason for reason in other.verdict.reasons if reason != STAMP)
        raise NotCertifiable(f"{file}: a stamp needs a whole run of another lane in which nothing failed: {why}")
    passed = sum(row.outcome is RequirementOutcome.PASS for row in other.requirements)
    recorded = tuple(_recorded(other.contracts))
    return Lane(
        lane=other.lane, date=day.isoformat(), results=file_digest(file), requirements=passed, recorded=recorded
    )


def _recorded(contracts: Sequence[Recording]) -> Iterator[Recorded]:
    for source in dict.fromkeys(one.source for one in contracts):
        days = sorted(one.recorded_at[:10] for one in contracts if one.source == source)
        yield Recorded(source=source, contracts=len(days), first=days[0], last=days[-1])
