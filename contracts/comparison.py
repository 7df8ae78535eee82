"""python -m contracts verify, drift: a gateway held against what was recorded of it.

Exit codes of both: 0 as recorded, 1 something new, 2 broken, 3 could not be asked.
"""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from contracts import drift as drifting
from contracts.allure import write_results
from contracts.audit import environment_secrets
from contracts.errors import ContractError, Refused
from contracts.format import Contract, Source, read
from contracts.lock import LIBRARY, files
from contracts.openapi import read_specification
from contracts.policy import Policy, load
from contracts.proposal import proposed
from contracts.recording import objections
from contracts.sources import SIMULATED, source_of
from contracts.tape import Message
from contracts.verify import Upstream, Verdict, WebUpstream, WsgiUpstream, verify

__all__ = ["drift", "of_gateway", "verify_"]

_ANY = click.Path(path_type=Path)
# By its name alone: this room imports none of the others.
_SIMULATOR = "suites.lanes:simulator"


def _reaches(command: Any) -> Any:
    """The options by which a gateway is found."""
    for option in (
        click.option("--library", type=_ANY, default=LIBRARY, help="Folder of contracts."),
        click.option("--upstream", help="URL of a gateway."),
        click.option("--given", multiple=True, metavar="NAME=ENV", help="A secret, and the variable that holds it."),
        click.option("--format", "shape", type=click.Choice(["markdown", "json"]), default="markdown"),
        click.option("--openapi", type=_ANY, help="What the gateway publishes: replies are held against it, too."),
    ):
        command = option(command)
    return command


@click.command("verify")
@click.argument("gateway")
@click.option(
    "--app",
    default=_SIMULATOR,
    show_default=True,
    help="MODULE:NAME of a function from its name to a WSGI app.",
)
@click.option("--setting", multiple=True, metavar="KEY=VALUE", help="A setting for --app.")
@_reaches
def verify_(gateway: str, app: str, setting: tuple[str, ...], **asked: Any) -> None:
    """Ask a gateway what was asked when it was recorded: its simulator, or the one at --upstream."""
    at = asked["upstream"]
    verdicts, secrets = _asked(gateway, _web(gateway, at) if at else nullcontext(_app(gateway, app, setting)), asked)
    sys.exit(_told(_reported(verdicts, secrets, asked), asked))


@click.command("drift")
@click.argument("gateway")
@click.option("--patch", type=_ANY, help="Where the contracts that it would be today are proposed, for git apply.")
@click.option("--json", "as_json", type=_ANY, help="Where the report is written as JSON,")
@click.option("--markdown", type=_ANY, help="as Markdown,")
@click.option("--allure", type=_ANY, help="and as Allure results, into a folder.")
@_reaches
def drift(gateway: str, **asked: Any) -> None:
    """The same against a live sandbox: how far it has moved from what was recorded."""
    if not asked["upstream"]:
        raise click.UsageError("drift needs --upstream URL")
    verdicts, secrets = _asked(gateway, _web(gateway, asked["upstream"]), asked)
    report = _reported(verdicts, secrets, asked)
    for name, text in (("as_json", report.as_json()), ("markdown", report.as_markdown())):
        if asked[name]:
            asked[name].write_text(text, encoding="utf-8")
    if asked["allure"]:
        write_results({one.contract.id: _reported([one], secrets, asked) for one in verdicts}, asked["allure"])
    if asked["patch"]:
        asked["patch"].write_text(_patches(verdicts, asked["upstream"], asked["library"]), encoding="utf-8")
    sys.exit(_told(report, asked))


@dataclass(frozen=True, slots=True)
class _Guarded:
    """An upstream that nothing is sent to that must not be: no live key, no card that is no test card."""

    inner: Upstream
    policy: Policy

    def send(self, request: Message) -> Message:
        """Raises Refused."""
        if reasons := objections(request, self.policy, asked=True):
            raise Refused(reasons)
        return self.inner.send(request)


@contextmanager
def _web(gateway: str, url: str) -> Iterator[Upstream]:
    policy = load(gateway)
    is_simulator = source_of(url, policy) is Source.SIMULATOR
    with WebUpstream(url, name=SIMULATED if is_simulator else None) as upstream:
        yield _Guarded(upstream, policy)


def _asked(
    gateway: str, reached: AbstractContextManager[Upstream], asked: Mapping[str, Any]
) -> tuple[list[Verdict], dict[str, str]]:
    secrets = {name: os.environ.get(env, "") for name, env in (pair.split("=", 1) for pair in asked["given"])}
    contracts = of_gateway(asked["library"], gateway)
    run = os.urandom(8).hex()
    try:
        with reached as upstream:
            # A gateway remembers keys: two contracts, and two runs, choose different ones.
            return [verify(one, upstream, given=secrets, seed=f"{run}:{one.id}") for one in contracts], secrets
    except ContractError as error:
        click.echo(f"could not be asked: {error}", err=True)
        sys.exit(drifting.Exit.COULD_NOT_RUN)


def _reported(verdicts: list[Verdict], secrets: dict[str, str], asked: Mapping[str, Any]) -> drifting.DriftReport:
    spec = read_specification(asked["openapi"]) if asked["openapi"] else None
    return drifting.report(verdicts, secrets=environment_secrets() | secrets, spec=spec)


def _told(report: drifting.DriftReport, asked: Mapping[str, Any]) -> int:
    click.echo(report.as_json() if asked["shape"] == "json" else report.as_markdown(), nl=False)
    return report.exit_code


def _patches(verdicts: list[Verdict], upstream: str, library: Path) -> str:
    """The patch of every contract that would be another today; why there is none goes to the person."""
    here = library.resolve()
    folder = here.relative_to(Path.cwd()).as_posix() if here.is_relative_to(Path.cwd()) else ""
    made: list[str] = []
    for verdict in verdicts:
        try:
            source = source_of(upstream, load(verdict.contract.gateway))
            where = SIMULATED if source is Source.SIMULATOR else upstream.rstrip("/")
            if not verdict.holds:
                made.append(drifting.patch(verdict.contract, proposed(verdict, source=source, upstream=where), folder))
        except Refused as refused:
            click.echo(f"{verdict.contract.id}: nothing is proposed: {'; '.join(refused.reasons)}", err=True)
    return "".join(made)


def _app(gateway: str, app: str, setting: tuple[str, ...]) -> Upstream:
    settings = dict(pair.split("=", 1) for pair in setting)
    numbers = {name: int(value) if value.lstrip("-").isdecimal() else value for name, value in settings.items()}
    return WsgiUpstream(_made(app)(gateway, **({"settings": numbers} if numbers else {})))


def _made(dotted: str) -> Any:
    module, _, name = dotted.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise click.UsageError(f"{dotted!r} cannot be found: {type(error).__name__}") from None


def of_gateway(library: Path, gateway: str) -> list[Contract]:
    """Every contract of a gateway.

    Raises a usage error where there is none: nothing asked is no success.
    """
    found = [read(path) for path in files(library / gateway)]
    if not found:
        raise click.UsageError(f"there are no contracts of {gateway!r} in {library}")
    return found
