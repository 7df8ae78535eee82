"""The one clock of this package. Documents take their time from an option or SOURCE_DATE_EPOCH, so that they repeat.

Source: reproducible-builds.org/specs/source-date-epoch.
"""

import os
from datetime import UTC, datetime

import click

from reports.certificate import stamp

__all__ = ["INSTANT", "issue_time"]


class _Instant(click.ParamType[datetime]):
    name = "instant"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else stamp(value)
        except ValueError:
            self.fail(f"{value!r}: expected a moment in UTC such as 2026-11-21T17:00:00Z", param, ctx)


INSTANT = _Instant()


def issue_time(given: datetime | None) -> datetime:
    """The moment given, else SOURCE_DATE_EPOCH (unix seconds), else now; to the second.

    Raises:
        click.UsageError: SOURCE_DATE_EPOCH is no whole number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if given or not epoch:
        return (given or datetime.now(UTC)).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(f"SOURCE_DATE_EPOCH: {epoch[:40]!r} is no number of seconds") from None
