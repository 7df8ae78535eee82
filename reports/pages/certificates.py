"""The certificate that lies beside a results file, as far as a page can vouch for it.

A page holds no key and knows no clock, so it says who signed and until when, and how to have that checked.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reports.badge import svg
from reports.certificate import stamp, stamped
from reports.pages.reading import Unreadable
from reports.presented import Malformed, read
from reports.presented import Unreadable as UnreadableCertificate

__all__ = ["Certificate", "beside"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of itself. `date` is the day of the run, `digest` the sha256 of what was signed."""

    date: str
    issued: str
    until: str
    digest: str
    keys: tuple[str, ...]
    badge: str  # an SVG as a data: address, in which nothing can run
    stamps: tuple[str, ...]  # of the other lanes


def beside(file: Path) -> Certificate | None:
    """The certificate of exactly these results; None where there is none.

    Raises:
        Unreadable: what lies there is no certificate, or is one of other results.
    """
    found = file.parent / "certificate.json"
    if not found.is_file():
        return None
    try:
        presented = read(found)
    except (UnreadableCertificate, Malformed) as error:
        raise Unreadable(f"{error}" if str(found) in str(error) else f"{found}: {error}") from None
    said = presented.statement.predicate
    if said.run.results != sha256(file.read_bytes()).hexdigest():
        raise Unreadable(f"{found}: run.results: certifies other results than {file.name} beside it")
    picture = svg(said, stamp(said.issued_at))
    return Certificate(
        date=next((lane.date for lane in said.lanes if lane.results == said.run.results), said.issued_at[:10]),
        issued=said.issued_at,
        until=said.valid_until,
        digest=sha256(presented.payload).hexdigest(),
        keys=tuple(presented.sealed.key_ids) if presented.sealed else (),
        stamps=tuple(stamped(lane) for lane in said.lanes if lane.results != said.run.results),
        badge=f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}",
    )
