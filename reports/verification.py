"""Verification: everything a certificate says is computed again, and each thing that does not hold is named.

Law: nothing in a certificate vouches for anything else in it. What it claims of itself follows from its own rows
(`reports.consistency`), and its rows from the results, the evidence, the connector and the suite it names, each as far
as the verifier holds it. What could not be checked is said, and never counted as held.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # its public name

from reports.certificate import Predicate, compose, stamp
from reports.consistency import CONSISTENT, Finding
from reports.digests import file_digest, holds, is_archive, tree_digest
from reports.keyless import doubt
from reports.pages.reading import Unreadable as UnreadableResults
from reports.pages.reading import read as read_results
from reports.presented import Presented
from reports.results import Results
from reports.signing import PAYLOAD_TYPE

__all__ = ["GITHUB", "Known", "Report", "verify"]

GITHUB = "https://token.actions.githubusercontent.com"  # docs.github.com, OpenID Connect reference
_SCORE = "mutant-score.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the verifier holds besides the certificate. None: not held, so not checked."""

    now: datetime
    key: SSlibKey | None = None
    identity: str | None = None  # of the CI workflow that should have signed it, keyless
    issuer: str = GITHUB  # who vouches for that identity
    any_signer: bool = False  # look at what it says, whoever said it
    bundle: Path | None = None  # a folder with results.json and perhaps evidence/
    connector: Path | None = None  # the distribution, or the folder or file that was tested
    suite: Path | None = None  # a checkout: the folder that holds suites/ and mock_gateways/
    simulator: Path | None = None  # the gateway's own simulator, where it came from elsewhere


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(presented: Presented, known: Known) -> Report:
    """Check everything that can be checked with what is known."""
    predicate = presented.statement.predicate
    findings = [*_signature(presented, known), *_spelling(presented), *_time(predicate, known.now)]
    for name, check in CONSISTENT.items():
        findings += (Finding(name, message) for message in check(presented.statement))
    for check_held in (_bundle, _connector, _suite, _simulator):
        findings += check_held(presented, known)
    return Report(tuple(findings), tuple(_unchecked(predicate, known)))


def _unchecked(predicate: Predicate, known: Known) -> Iterator[str]:
    if known.key is None and known.identity is None:
        yield "who signed it (--key, or --identity)"
    if known.bundle is None:
        yield "the results and the evidence (--bundle)"
    elif not (known.bundle / "evidence").is_dir():
        yield f"the evidence: {known.bundle} holds no evidence folder"
    if known.connector is None:
        yield "whether it is about the connector you have (--connector)"
    if known.suite is None:
        yield "whether the suite is the published one (--suite)"
    if predicate.suite.gateway and known.simulator is None:
        yield "the gateway's simulator, which came with the connector and not with the suite (--simulator)"


def _signature(presented: Presented, known: Known) -> Iterator[Finding]:
    sealed = presented.sealed
    if sealed and sealed.payload_type != PAYLOAD_TYPE:
        yield Finding("payload type", f"the envelope says {sealed.payload_type[:60]!r}, expected {PAYLOAD_TYPE}")
    elif why := _stranger(presented, known):
        yield Finding("signature", why)


def _stranger(presented: Presented, known: Known) -> str | None:
    """Why it is not from whom it should be, or None."""
    sealed, bundle = presented.sealed, presented.bundle
    if known.key is None and known.identity is None:
        return None if known.any_signer else "no key to check it with: give --key or --identity, or --any-signer"
    if sealed is None:
        return "nobody signed it: it is a bare statement"
    if known.key:
        return sealed.doubt(known.key)
    if bundle is None:
        return "it was signed with a key, not by a CI identity"
    return doubt(bundle, presented.payload, identity=str(known.identity), issuer=known.issuer)


def _spelling(presented: Presented) -> Iterator[Finding]:
    if presented.payload != presented.statement.payload():
        yield Finding("canonical", "the payload is not the canonical JSON of RFC 8785")


def _time(predicate: Predicate, now: datetime) -> Iterator[Finding]:
    if now > stamp(predicate.valid_until):
        yield Finding("expired", f"it was valid until {predicate.valid_until}")
    if now < stamp(predicate.issued_at):
        yield Finding("not yet", f"it says that it was issued at {predicate.issued_at}, which is still to come")


# -- the results and the evidence


def _bundle(presented: Presented, known: Known) -> Iterator[Finding]:
    if known.bundle is None:
        return
    file = known.bundle / "results.json"
    try:
        results = read_results(file).results
    except UnreadableResults as error:
        yield Finding("results", str(error))
        return
    if (digest := file_digest(file)) != presented.statement.predicate.run.results:
        yield Finding("results", f"{file}: another file than was certified (sha256 {digest[:16]}...)")
    yield from _against_results(presented, results)
    yield from _evidence(results, known.bundle / "evidence")


def _against_results(presented: Presented, results: Results) -> Iterator[Finding]:
    """Compose the certificate again, and compare it part by part."""
    said, subject = presented.statement.predicate, presented.statement.subject[0]
    again = compose(
        results,
        digest=said.run.results,
        issued=stamp(said.issued_at),
        subject=subject.digest,
        name=subject.name,
        lanes=said.lanes,
    )
    ours, theirs = (part.model_dump(mode="json") for part in (again.predicate, said))
    for section, value in theirs.items():
        if ours[section] != value:
            place = ".".join(_place(ours[section], value))
            yield Finding(
                f"results: {section}", f"differs from what follows of the results{f' at {place}' * bool(place)}"
            )


def _place(ours: Any, theirs: Any) -> Iterator[str]:
    """The way to the first thing that differs."""
    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        pairs = [(str(name), ours.get(name), theirs.get(name)) for name in {**theirs, **ours}]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(str(_name(ours[i], i)), ours[i], theirs[i]) for i in range(len(ours))]
    for name, mine, other in pairs:
        if mine != other:
            yield name
            yield from _place(mine, other)
            return


def _name(row: Any, number: int) -> Any:
    return row.get("id", number) if isinstance(row, dict) else number


def _evidence(results: Results, folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        return
    wanted = {case.evidence: f"{row.id} {case.name}" for row in results.requirements for case in row.cases}
    for digest, case in wanted.items():
        file = folder / f"{digest}.json"
        if digest is None:
            continue
        if not file.is_file():
            yield Finding("evidence", f"{case}: {file.name} is missing")
        elif file_digest(file) != digest:
            yield Finding("evidence", f"{case}: {file.name} is not what was judged")


# -- the connector


def _connector(presented: Presented, known: Known) -> Iterator[Finding]:
    path = known.connector
    if path is None:
        return
    said, digest = presented.statement.subject[0].digest, presented.statement.predicate.connector.digest
    if not path.exists():
        yield Finding("connector", f"{path}: there is no such file or folder")
    elif is_archive(path) and file_digest(path) != said.get("sha256"):
        yield Finding("connector", f"{path.name}: another distribution than was certified")
    elif not holds(path, digest):
        yield Finding("connector", f"{path}: does not hold the files that were tested")


# -- the suite


def _suite(presented: Presented, known: Known) -> Iterator[Finding]:
    if known.suite is None:
        return
    said, folder = presented.statement.predicate.suite, known.suite / "suites"
    listed = folder / "requirements.toml"
    if not listed.is_file():
        yield Finding("suite", f"{known.suite}: holds no suites/requirements.toml")
        return
    checks: dict[str, Callable[[], bool]] = {
        "suite": lambda: tree_digest(folder, leave_out={_SCORE}) == said.digest,
        "simulator": lambda: tree_digest(known.suite / "mock_gateways") == said.simulator,  # type: ignore[operator]
        "inventory": lambda: sha256(listed.read_bytes()).hexdigest() == said.inventory,
    }
    yield from (
        Finding(name, f"another {name} than the one in {known.suite}") for name, ok in checks.items() if not ok()
    )
    yield from _inventory(presented.statement.predicate, tomllib.loads(listed.read_text(encoding="utf-8")))
    yield from _score(presented.statement.predicate, folder / _SCORE)


def _simulator(presented: Presented, known: Known) -> Iterator[Finding]:
    said = presented.statement.predicate.suite.gateway
    if known.simulator is None:
        return
    if said is None:
        yield Finding("simulator", "the gateway's is one of the suite's, and none from elsewhere")
    elif not known.simulator.exists() or not holds(known.simulator, said):
        yield Finding("simulator", f"{known.simulator}: does not hold the simulator that answered")


def _inventory(predicate: Predicate, listed: dict[str, Any]) -> Iterator[Finding]:
    """Each requirement and each state of the list stands in the certificate, with the list's own words."""
    areas = listed["areas"]
    rows = [row for row in listed["requirement"] if predicate.run.lane in row.get("lanes", ["simulator"])]
    published = {row["id"]: (row["title"], areas[row["id"][:3]], row["state"], row["waivable"]) for row in rows}
    said = {row.id: (row.title, row.area, row.state, row.waivable) for row in predicate.requirements}
    for identity in sorted(published.keys() | said.keys()):
        if published.get(identity) != said.get(identity):
            yield Finding("inventory", f"{identity}: the suite says {published.get(identity)}, it {said.get(identity)}")
    rules = {rule.state: rule for rule in predicate.suite.states}
    for row in listed["state"]:
        rule = rules.pop(row["state"], None)
        # Payment methods may come on top: which there are is not told by the list.
        if (
            rule is None
            or not set(row.get("flows", ())) <= set(rule.needs)
            or not set(row.get("areas", ())) <= set(rule.areas)
        ):
            yield Finding("inventory", f"state {row['state']}: asks for less than the suite does")
    yield from (Finding("inventory", f"state {state}: the suite has none such") for state in rules)


def _score(predicate: Predicate, file: Path) -> Iterator[Finding]:
    score = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    current = score.get("inventory") == predicate.suite.inventory
    found = score.get("connectors", {}).get(predicate.connector.name) if current else None
    said = predicate.suite.mutants
    if (found or {}) != ({"mutants": said.total, "killed": said.killed} if said else {}):
        yield Finding("mutants", f"the suite's score is {found}, it says {said.model_dump() if said else None}")
