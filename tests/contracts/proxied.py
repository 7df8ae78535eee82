"""The same merchant, but heard through the real mitmproxy: connector, browser and gateway meet on sockets only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from contracts.format import Contract, ToldBy
from contracts.recorder import Recording
from mock_gateways.server import serving
from runtime import registry
from runtime.client import PaymentClient
from tests.contracts.served import endpoint
from tests.contracts.taped import TENANT, Shop, open_shop


@dataclass
class ProxiedShop(Shop):
    """A merchant whose connector, browser and webhooks go through the proxy."""

    recording: Any = None
    proxy: Any = None
    flow: str = ""

    def does(self, label: str, command: Any) -> Any:
        self.recording.step = label
        try:
            return self.merchant.tries(command)
        finally:
            self.recording.step = None

    def browse(self, url: str, form: bytes) -> dict[str, str]:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        with httpx.Client(proxy=self.proxy.browser) as browser:
            reply = browser.post(url, content=form, headers=kind)
        return dict(parse_qsl(urlsplit(reply.headers.get("location", "")).query))

    def hear(self, *, label: str = "told") -> None:
        """Send every delivery so far, as the gateway signed it, to where the gateway would: in the order of its own."""
        self.gateway.advance(0)
        for hook in self.gateway.webhooks()[self.heard :]:
            self.heard += 1
            self.merchant.hears(hook)
            self.recording.step = f"{label}_{hook.type}".replace(".", "_")
            httpx.post(f"{self.proxy.hooks}/webhooks", content=hook.body, headers=dict(hook.headers)).raise_for_status()
        self.recording.step = None

    def sealed(self, title: str, asked: Any) -> Contract:
        self.recording.announce(self.flow, title)
        self.recording.states(self.flow, asked, ToldBy.LEDGER)
        (contract,) = self.recording.seal()
        return contract


@contextmanager
def proxied_shop(name: str, flow: str, out: Path, tenant: str = TENANT) -> Iterator[ProxiedShop]:
    """A shop of which everything that is said stands in its recording; `out` is where the recordings before it are."""
    from contracts.proxy import RECORDER, Proxy  # noqa: PLC0415 - needs mitmproxy

    inner = open_shop(name, tenant, clock="wall")
    connector = registry.find(name)
    with ExitStack() as stack:
        upstream = stack.enter_context(serving(inner.app, delivers=False))
        recording = Recording(
            name, upstream, out, given=inner.secrets, environment={}, flow=flow, recorder=RECORDER,
            connector=f"{connector.name}@{connector.version}",
        )  # fmt: skip
        listening, _ = stack.enter_context(endpoint())
        proxy = stack.enter_context(Proxy(recording, merchant=listening, browser_port=0))
        same = {field.name: getattr(inner, field.name) for field in fields(inner)}
        shop = ProxiedShop(**same | {"tape": recording.tape(flow)}, recording=recording, proxy=proxy, flow=flow)
        client = PaymentClient(connector, shop.configured(proxy.url), attempts=1, clock=shop.gateway.now)
        stack.callback(client.close)
        shop.merchant._driver._client = client
        yield shop
