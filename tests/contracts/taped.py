"""A merchant whose payments are taped: our connector, driven against our simulator, in one process."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from werkzeug.test import EnvironBuilder, run_wsgi_app

from contracts.format import Contract, Source
from contracts.policy import load
from contracts.recorder import known_of
from contracts.recording import Origin, seal
from contracts.redaction import Known
from contracts.tape import Tape, Taped
from mock_gateways.app import create_app
from runtime import registry
from runtime.core.vocabulary import CaptureMethod
from suites.driver import BASE_URL, InProcessDriver
from suites.gateway import Gateway
from suites.merchant import Merchant
from suites.profiles import Given

AT = datetime(2026, 11, 21, tzinfo=UTC)
TENANT = "contracts0000000000000000"


@dataclass
class Shop:
    """A merchant, and the tape of what it says."""

    name: str
    tape: Tape
    merchant: Any
    gateway: Gateway
    credential: str
    webhook_secret: str
    app: Any
    profile: Any
    heard: int = 0

    def label(self, label: str) -> None:
        self.tape.label = label

    def does(self, label: str, command: Any) -> Any:
        """Run a command whose exchanges are called so; what comes back may be a refusal."""
        self.tape.label = label
        try:
            return self.merchant.tries(command)
        finally:
            self.tape.label = None

    def holds(self, amount: Any) -> Any:
        return self.does("authorize", self.merchant.order(amount, capture=CaptureMethod.MANUAL))

    def browse(self, url: str, form: bytes) -> dict[str, str]:
        """What the shopper's browser does where it was sent; the query with which it comes back."""
        environ = EnvironBuilder(
            path=urlsplit(url).path, base_url=BASE_URL, method="POST", data=form,
            content_type="application/x-www-form-urlencoded",
        ).get_environ()  # fmt: skip
        self.tape.label, self.tape.actor = "browser", "browser"
        chunks, status, headers = run_wsgi_app(Taped(self.app, self.tape, unheard="\0", now=self.gateway.now), environ)
        del chunks, status
        self.tape.label, self.tape.actor = None, "merchant"
        return dict(parse_qsl(urlsplit(headers.get("location", "")).query))

    def hear(self, *, label: str = "told") -> None:
        """Tape every delivery so far, as the gateway signs it; the connector says whether it may be believed."""
        self.gateway.advance(0)
        for hook in self.gateway.webhooks()[self.heard :]:
            self.heard += 1
            self.merchant.hears(hook)
            self.tape.label = f"{label}_{hook.type}".replace(".", "_")
            self.tape.deliver(hook.headers, hook.body, at=self.gateway.now(), verified=True)
        self.tape.label = None

    def seal(self, flow: str, title: str, at: datetime = AT, **options: Any) -> Contract:
        connector = registry.find(self.name)
        origin = Origin(
            Source.SIMULATOR, BASE_URL, "assay wsgi", at,
            connector=f"{connector.name}@{connector.version}",
        )  # fmt: skip
        return seal(
            self.tape, load(self.name), origin, identity=f"{self.name}/{flow}", title=title,
            known=self.known, basic=load(self.name).basic, **options,
        )  # fmt: skip

    @property
    def known(self) -> list[Known]:
        return known_of(load(self.name), {}, self.secrets)

    @property
    def values(self) -> dict[str, str]:
        return {f"secret.{name}": value for name, value in self.secrets.items()}

    @property
    def secrets(self) -> dict[str, str]:
        """What the merchant is known by, under the names of the gateway's rules."""
        told = self._settings("")
        names = [row.name for row in load(self.name).credentials if row.name in told]
        return {name: str(told[name]) for name in names} | {"webhook": self.webhook_secret}

    def configured(self, base_url: str) -> Any:
        """The connector's configuration for a gateway that is found there."""
        return registry.find(self.name).config(**self._settings(base_url))

    def _settings(self, base_url: str) -> dict[str, Any]:
        given = {
            Given.CREDENTIAL: self.credential, Given.KEY: self.credential.rpartition(":")[0],
            Given.BASE_URL: base_url, Given.WEBHOOK_SECRETS: (self.webhook_secret,),
        }  # fmt: skip
        return {
            key: given[value] if isinstance(value, Given)
            else value.replace("{base_url}", base_url) if isinstance(value, str) else value
            for key, value in self.profile.config.items()
        }  # fmt: skip


def open_shop(name: str, tenant: str = TENANT, *, clock: str = "fixed") -> Shop:
    profile = import_module(f"suites.profiles.{name}").PROFILE
    app = create_app(name, settings=profile.settings, clock=clock)
    credential = profile.credential.format(tenant=tenant)
    gateway = Gateway(app, credential, profile.routes)
    tape = Tape()
    shop = Shop(name, tape, None, gateway, credential, gateway.listen(), app, profile)
    heard = Taped(app, tape, now=gateway.now)
    connector = registry.find(name)
    driver = InProcessDriver(connector, shop.configured(BASE_URL), heard, gateway, deadline_s=10)
    shop.merchant = Merchant(driver, profile, connector, gateway)
    return shop
