"""How a command ends when it cannot do what was asked: one place says which trouble has which exit code."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from reports.commands.saying import say
from reports.issuing import NotCertifiable
from reports.keyless import KeylessFailure
from reports.pages.reading import Unreadable as UnreadableResults
from reports.pages.scanning import SecretFound
from reports.presented import Malformed, Unreadable
from reports.results import ExitCode
from reports.signing import UnusableKey

__all__ = ["INVALID", "UNREADABLE", "ends"]

P = ParamSpec("P")
INVALID, UNREADABLE = 1, 2
_CODES: dict[type[Exception], int] = {
    Malformed: INVALID,
    Unreadable: UNREADABLE,
    UnreadableResults: UNREADABLE,
    UnusableKey: ExitCode.USAGE,
    KeylessFailure: ExitCode.USAGE,
    OSError: ExitCode.USAGE,
    NotCertifiable: ExitCode.NOT_CERTIFIABLE,
    SecretFound: ExitCode.SECRET_IN_EVIDENCE,
}


def ends(command: Callable[P, int]) -> Callable[P, int]:
    """Say what went wrong on stderr, and end with its code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return command(*args, **kwargs)
        except tuple(_CODES) as error:
            say(f"{type(error).__name__}: {error}", err=True)
            return next(code for kind, code in _CODES.items() if isinstance(error, kind))

    return run
