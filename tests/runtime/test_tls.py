"""The client speaks to nobody whose certificate it cannot verify, whatever the environment says."""

import asyncio
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from runtime.client import AsyncPaymentClient, PaymentClient
from runtime.core.connector import Capabilities, Connector, Flow
from runtime.core.errors import Unavailable
from runtime.core.messages import HttpRequest
from runtime.core.payments import PaymentOutcome, PSync
from runtime.core.vocabulary import ErrorCode, PaymentStatus

SYNC = PSync(request_id="sync-1", payment_id="p1")
LOOPBACK = "127.0.0.1"


def _certificate(folder):
    """A certificate for loopback that nobody but its own key vouches for, as whoever is in between would show."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    signed = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "certificate.pem"
    file.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return file


class Listener:
    """A server on loopback that remembers what was asked of it."""

    def __init__(self, certificate=None):
        self.heard = []

        class Answers(BaseHTTPRequestHandler):
            def do_GET(handler):  # noqa: N805 - the server's own name for it, within a method of another
                self.heard.append(handler.headers.get("Authorization"))
                handler.send_response(200)
                handler.send_header("Content-Length", "2")
                handler.end_headers()
                handler.wfile.write(b"{}")

            do_CONNECT = do_GET  # noqa: N815 - as a proxy would be asked

            def log_message(handler, *_):  # noqa: N805 - as above
                pass

        self._server = HTTPServer((LOOPBACK, 0), Answers)
        self.port = self._server.server_port
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _connector(server):
    url = f"{server.scheme}://{LOOPBACK}:{server.port}/payments/p1"
    request = HttpRequest("GET", url, (("Authorization", "Bearer key"),))
    outcome = PaymentOutcome(status=PaymentStatus.CHARGED, payment_id="p1", raw_status="ok")
    return Connector(
        name="toy", gateway="toy", version="1", config=dict,
        capabilities=Capabilities(payment_methods={}, currencies=frozenset(), recovery=()),
        flows={PSync: Flow(lambda context, command: request, lambda context, command, response: outcome)},
    )  # fmt: skip


def _sync(connector):
    with PaymentClient(connector, {}, attempts=1, timeout_s=5) as client:
        return client.run(SYNC)


def _async(connector):
    async def go():
        async with AsyncPaymentClient(connector, {}, attempts=1, timeout_s=5) as client:
            return await client.run(SYNC)

    return asyncio.run(go())


both = pytest.mark.parametrize("run", [_sync, _async], ids=["sync", "async"])


@both
def test_a_certificate_that_nobody_vouches_for_gets_no_key(run, tmp_path, monkeypatch):
    certificate = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # whoever can set this must not be able to listen in
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with Listener(certificate) as server:
        with pytest.raises(Unavailable) as unavailable:
            run(_connector(server))
        assert unavailable.value.error.code is ErrorCode.TIMEOUT
        assert "ConnectError" in str(unavailable.value)
    assert server.heard == []


@both
def test_no_proxy_of_the_environment_hears_of_a_request(run, monkeypatch):
    with Listener() as proxy, Listener() as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{LOOPBACK}:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert run(_connector(server)).payment_id == "p1"
    assert (proxy.heard, server.heard) == ([], ["Bearer key"])
