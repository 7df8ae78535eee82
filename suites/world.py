"""The fixtures of a test: its own tenant of the simulator, and a merchant who pays through the connector."""

from dataclasses import replace
from typing import Any

import pytest

from runtime.core.connector import Capabilities
from runtime.core.payments import DSync, IncomingWebhook, PSync
from suites.certification import CERTIFICATION, Certification


@pytest.fixture(scope="session")
def certification(pytestconfig: pytest.Config) -> Certification:
    return pytestconfig.stash[CERTIFICATION]


@pytest.fixture
def credential(certification: Certification, request: pytest.FixtureRequest) -> str:
    return certification.credential(request.node.nodeid)


@pytest.fixture
def gateway(certification: Certification, credential: str) -> Any:
    from suites.gateway import Gateway  # noqa: PLC0415 - a plain pytest run must not pay for the simulator

    return Gateway(certification.app, credential, certification.profile.routes)


@pytest.fixture
def webhook_secret(gateway: Any) -> str:
    secret: str = gateway.listen()
    return secret


@pytest.fixture
def merchant(certification: Certification, gateway: Any, credential: str) -> Any:
    """A merchant who listens where webhooks are all that tells how a payment or a dispute ends."""
    if _must_listen(certification):
        return _merchant(certification, gateway, credential, webhook_secrets=(gateway.listen(),))
    return _merchant(certification, gateway, credential)


def _must_listen(run: Certification) -> bool:
    cannot_read = any(run.not_claimed(flow) for flow in (PSync, DSync))
    return cannot_read and run.not_claimed(IncomingWebhook) is None


@pytest.fixture
def scene(merchant: Any, gateway: Any, played_flow: Any) -> Any:
    """A merchant one command of that flow before the end of a story."""
    from suites.scenes import Scene  # noqa: PLC0415 - as above

    return Scene(merchant, gateway, played_flow)


@pytest.fixture
def scene_about(merchant: Any, gateway: Any, named_flow: Any) -> Any:
    """The same before a command that names a payment, a refund or a dispute."""
    from suites.scenes import Scene  # noqa: PLC0415 - as above

    return Scene(merchant, gateway, named_flow)


@pytest.fixture
def listening_merchant(certification: Certification, gateway: Any, credential: str, webhook_secret: str) -> Any:
    """A merchant whose endpoint is registered, with the secret it was given."""
    return _merchant(certification, gateway, credential, webhook_secrets=(webhook_secret,))


@pytest.fixture
def merchant_for(certification: Certification, gateway: Any, credential: str) -> Any:
    """Build a merchant with other settings: `merchant_for(webhook_secrets=..., key=..., claims=...)`."""

    def build(**given: Any) -> Any:
        return _merchant(certification, gateway, given.pop("key", credential), **given)

    return build


@pytest.fixture
def shop_for(certification: Certification, request: pytest.FixtureRequest) -> Any:
    """Build a merchant and a gateway of its own for every name: as many worlds as a test wants."""
    from suites.gateway import Gateway  # noqa: PLC0415 - as above

    def build(name: str, *, listens: bool = False, **given: Any) -> tuple[Any, Any]:
        key = certification.credential(f"{request.node.nodeid} {name}")
        gateway = Gateway(certification.app, key, certification.profile.routes)
        hears = {"webhook_secrets": (gateway.listen(),)} if listens or _must_listen(certification) else {}
        return _merchant(certification, gateway, key, **hears, **given), gateway

    return build


@pytest.fixture
def offers(certification: Certification) -> Any:
    """Whether a capability is claimed, for a story that goes on without it."""
    return lambda capability: certification.not_claimed(capability) is None


@pytest.fixture
def part_of_hold(certification: Certification) -> int:
    """Of 12,300 steps of a currency that are held, how many to capture: all, where the gateway captures no part."""
    return 11_100 if certification.not_claimed("partial capture") is None else 12_300


@pytest.fixture
def driver_for(certification: Certification, gateway: Any, credential: str) -> Any:
    """Build just the driver, for what a merchant has no word for."""

    def build(**given: Any) -> Any:
        return _driver(certification, gateway, credential, **given)

    return build


def _driver(
    run: Certification,
    gateway: Any,
    key: str,
    *,
    webhook_secrets: tuple[str, ...] | None = None,
    claims: Capabilities | None = None,
    skew_s: float = 0,
) -> Any:
    """`claims` are what the connector shall go by instead of its own; one in another process goes by its own.

    `skew_s` is how far its clock is ahead of the gateway's.
    """
    secrets = (run.profile.placeholder_secret,) if webhook_secrets is None else webhook_secrets
    config = run.config(key, run.base_url, secrets)
    if run.remote:
        from suites.remote import RemoteDriver  # noqa: PLC0415 - as above

        return RemoteDriver(run.remote, config, gateway, deadline_s=run.deadline_s, skew_s=skew_s)
    from suites.driver import InProcessDriver  # noqa: PLC0415 - as above

    connector = run.connector if claims is None else replace(run.connector, capabilities=claims)
    return InProcessDriver(connector, config, run.app, gateway, deadline_s=run.deadline_s, skew_s=skew_s)


def _merchant(run: Certification, gateway: Any, key: str, **given: Any) -> Any:
    from suites.merchant import Merchant  # noqa: PLC0415 - as above

    return Merchant(_driver(run, gateway, key, **given), run.profile, run.connector, gateway)
