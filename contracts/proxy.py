"""The recorder's place between merchant and gateway: one mitmproxy, with a listener for each direction.

The only file that imports mitmproxy, which lives in an environment of its own (`make record`). The API's listener is a
reverse proxy that speaks plain http, so that no certificate has to be installed; another sends the gateway's webhooks
on to the merchant; a third is the proxy of the shopper's browser. One in a process: two would mix what they hear.

Only the parts of mitmproxy that pass messages on are loaded. None of them writes a flow, runs a script or replays: what
is heard is in this process's memory, and goes into a `Recording`.
"""

import asyncio
import json
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from contracts.attribution import CONTROL, FLOW_HEADER, STEP_HEADER
from contracts.errors import ContractError
from contracts.recorder import Recording
from contracts.tape import Message

try:
    # mypy runs where it is not installed.
    import mitmproxy.http  # type: ignore[import-not-found]
    from mitmproxy import options, version
    from mitmproxy.addons import (  # type: ignore[import-not-found]
        core,
        disable_h2c,
        next_layer,
        proxyserver,
        tlsconfig,
    )
    from mitmproxy.master import Master  # type: ignore[import-not-found]
except ImportError as missing:
    raise ContractError("recording needs mitmproxy, in an environment of its own: make .venv-record") from missing

__all__ = ["RECORDER", "Proxy"]

RECORDER = f"assay, mitmproxy {version.VERSION}"
_API, _HOOKS, _BROWSER = "api", "hooks", "browser"
_START_S, _STOP_S = 10, 10
_running = threading.Lock()


class Proxy:
    """A running proxy whose exchanges go into a recording. Port 0 takes a free one.

    `merchant` is where the gateway's webhooks are sent on to; without it there is no listener for them. Raises
    ContractError where it cannot listen, or another one runs in this process.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        port: int = 0,
        merchant: str | None = None,
        hook_port: int = 0,
        browser_port: int | None = None,
        authority: Path | None = None,
    ) -> None:
        """`authority` is a file of certificates to trust, beside the usual ones, where the gateway's is another."""
        self._recording = recording
        origin, api_path = _parted(recording.upstream)
        self._modes, self._paths = {_API: f"reverse:{origin}@127.0.0.1:{port}"}, {_API: api_path}
        if merchant:
            origin, self._paths[_HOOKS] = _parted(merchant)
            self._modes[_HOOKS] = f"reverse:{origin}@127.0.0.1:{hook_port}"
        if browser_port is not None:
            self._modes[_BROWSER] = f"regular@127.0.0.1:{browser_port}"
        self._authority, self._ready = authority, threading.Event()
        self._urls: dict[str, str] = {}
        self._problem: str | None = None
        self._master: Any = None
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """The gateway, for the connector."""
        return self._urls[_API]

    @property
    def hooks(self) -> str | None:
        """The merchant, for the gateway."""
        return self._urls.get(_HOOKS)

    @property
    def browser(self) -> str | None:
        """The proxy to give to the shopper's browser; it makes up certificates, which the browser must not mind."""
        return self._urls.get(_BROWSER)

    def __enter__(self) -> Self:
        if not _running.acquire(blocking=False):
            raise ContractError("one proxy records in this process already: two would mix what they hear")
        self._thread.start()
        if not self._ready.wait(_START_S) or self._problem:
            self._stop()
            raise ContractError(self._problem or "the proxy did not begin in time")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._master is not None:
            self._master.shutdown()
        self._thread.join(_STOP_S)
        _running.release()

    def _run(self) -> None:
        # Its certificate authority is made anew for every run, and forgotten.
        with tempfile.TemporaryDirectory(prefix="assay-proxy-") as folder:
            try:
                asyncio.run(self._serve(folder))
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits for the proxy must be told
                self._problem = f"the proxy cannot run: {type(error).__name__}: {error}"
            finally:
                self._ready.set()

    async def _serve(self, folder: str) -> None:
        settings: dict[str, Any] = {"mode": list(self._modes.values()), "confdir": folder}
        if self._authority:
            settings["ssl_verify_upstream_trusted_ca"] = str(self._authority)
        master = Master(options.Options(**settings))
        servers = proxyserver.Proxyserver()
        master.addons.add(
            core.Core(), disable_h2c.DisableH2C(), servers, next_layer.NextLayer(), tlsconfig.TlsConfig(),
            _Listener(self._recording, self._roles(), self._paths, lambda: self._began(servers)),
        )  # fmt: skip
        # The gateway is asked when there is something to ask it: one that is down is then told to the connector.
        master.options.update(connection_strategy="lazy")
        self._master = master
        await master.run()
        # What is still open is cut now, which asyncio would tell of at length.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)

    def _roles(self) -> Mapping[str, str]:
        return {mode: role for role, mode in self._modes.items()}

    def _began(self, servers: Any) -> None:
        roles = self._roles()
        for server in servers.servers:
            if server.is_running:
                host, port, *_ = server.listen_addrs[0]
                self._urls[roles[server.mode.full_spec]] = f"http://{host}:{port}"
        missing = sorted(self._modes.keys() - self._urls.keys())
        if missing:
            self._problem = f"cannot listen for: {', '.join(missing)} (is the port taken?)"
        self._ready.set()


class _Listener:
    """The addon: its methods bear mitmproxy's names of events."""

    def __init__(
        self, recording: Recording, roles: Mapping[str, str], paths: Mapping[str, str], began: Callable[[], None]
    ) -> None:
        self._recording, self._roles, self._paths, self._began = recording, roles, paths, began
        self._asked: dict[str, Message] = {}

    def running(self) -> None:
        self._began()

    def request(self, flow: Any) -> None:
        role = self._role(flow)
        if role == _API:
            self._merchant_asks(flow)
        elif role == _HOOKS:
            self._recording.is_told(_message(flow.request, flow.request.path))
            flow.request.path = self._paths[_HOOKS] + flow.request.path

    def _merchant_asks(self, flow: Any) -> None:
        if flow.request.path.partition("?")[0] == CONTROL:
            flow.response = self._control(flow.request)
            return
        asked = _message(flow.request, self._recording.upstream + flow.request.path)
        if reasons := self._recording.refuses(asked):
            flow.response = _reply(403, {"recorder": reasons})
            return
        self._asked[flow.id] = asked
        flow.request.path = self._paths[_API] + flow.request.path
        for name in (FLOW_HEADER, STEP_HEADER):
            flow.request.headers.pop(name, None)

    def response(self, flow: Any) -> None:
        asked = self._asked.pop(flow.id, None)
        if asked is not None:
            self._hear(flow, asked)
        elif self._role(flow) == _BROWSER and self._is_page(flow):
            self._hear(flow, _message(flow.request, flow.request.pretty_url), actor="browser")

    def _hear(self, flow: Any, asked: Message, **more: Any) -> None:
        began, ended = flow.request.timestamp_start, flow.response.timestamp_end or flow.request.timestamp_start
        answered = _message(flow.response)
        self._recording.hears(asked, answered, elapsed_ms=(ended - began) * 1000, **more)

    def error(self, flow: Any) -> None:
        asked = self._asked.pop(flow.id, None)
        if asked is not None:
            self._recording.loses(asked, str(flow.error.msg) if flow.error else "the connection broke")

    def _role(self, flow: Any) -> str | None:
        return self._roles.get(flow.client_conn.proxy_mode.full_spec)

    def _is_page(self, flow: Any) -> bool:
        """Whether it is a page of the gateway's, or what a shopper sends from one; not what a page is adorned with."""
        ours = {urlsplit(self._recording.upstream).netloc, *self._recording.policy.pages}
        host, port = flow.request.pretty_host, flow.request.port
        dressing = flow.request.headers.get("sec-fetch-dest", "document") not in ("document", "iframe", "empty")
        return bool({host, f"{host}:{port}"} & ours) and not dressing

    def _control(self, request: Any) -> Any:
        try:
            told = json.loads(request.get_content(strict=False) or b"")
            flow, claimed = told["flow"], told.get("request_ids")
            if claimed is not None:
                self._recording.claim(flow, [str(one) for one in claimed])
            else:
                self._recording.announce(flow, told.get("title"))
                self._recording.step = told.get("step")
        except (ContractError, ValueError, KeyError, TypeError, AttributeError) as error:
            return _reply(400, {"recorder": [f'{type(error).__name__}: POST {{"flow": "..."}} to {CONTROL}']})
        return _reply(200, {"flow": flow})


def _parted(url: str) -> tuple[str, str]:
    """Where it listens, and where its paths begin: a reverse proxy is told the first alone."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def _message(message: Any, url: str | None = None) -> Message:
    """What passes, decoded: how it was compressed on its way is no part of a contract."""
    headers = tuple((name, value) for name, value in message.headers.items(multi=True)
                    if name.lower() not in ("content-encoding", "transfer-encoding"))  # fmt: skip
    body = message.get_content(strict=False) or b""
    if url is None:
        return Message(headers, body, status=message.status_code)
    return Message(headers, body, message.method, url)


def _reply(status: int, told: Mapping[str, Any]) -> Any:
    return mitmproxy.http.Response.make(status, json.dumps(told), {"content-type": "application/json"})
