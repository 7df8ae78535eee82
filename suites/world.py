"""The fixtures of a test: its own tenant of the simulator, and a merchant who pays through the connector."""

from typing import Any

import pytest

from suites.certification import CERTIFICATION, Certification


@pytest.fixture(scope="session")
def certification(pytestconfig: pytest.Config) -> Certification:
    return pytestconfig.stash[CERTIFICATION]


@pytest.fixture
def credential(certification: Certification, request: pytest.FixtureRequest) -> str:
    return certification.credential(request.node.nodeid)


@pytest.fixture
def gateway(certification: Certification, credential: str) -> Any:
    from suites.gateway import Gateway  # noqa: PLC0415

    return Gateway(certification.app, credential)


@pytest.fixture
def webhook_secret(gateway: Any) -> str:
    secret: str = gateway.listen()
    return secret


@pytest.fixture
def driver_for(certification: Certification, credential: str, gateway: Any) -> Any:
    """Build a driver: `driver_for(webhook_secrets=..., credential=...)`."""
    from suites.driver import BASE_URL, InProcessDriver  # noqa: PLC0415

    def build(*, webhook_secrets: tuple[str, ...] = ("whsec_none",), key: str = credential) -> Any:
        config = certification.config(key, BASE_URL, webhook_secrets)
        return InProcessDriver(
            certification.connector, config, certification.app, gateway, deadline_s=certification.deadline_s
        )

    return build


@pytest.fixture
def merchant_for(certification: Certification, driver_for: Any) -> Any:
    from suites.merchant import Merchant  # noqa: PLC0415

    def build(**given: Any) -> Any:
        return Merchant(driver_for(**given), certification.profile, certification.connector.capabilities.recovery)

    return build


@pytest.fixture
def merchant(merchant_for: Any) -> Any:
    return merchant_for()


@pytest.fixture
def listening_merchant(merchant_for: Any, webhook_secret: str) -> Any:
    """A merchant whose endpoint is registered, with the secret it was given."""
    return merchant_for(webhook_secrets=(webhook_secret,))
