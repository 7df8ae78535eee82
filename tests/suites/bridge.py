"""python -m tests.suites.bridge NAME PORT: a connector of ours behind the protocol of a remote one."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from runtime import registry
from runtime.client import PaymentClient
from runtime.core.errors import ConnectorError
from runtime.core.payments import FLOWS
from suites.forms import FORM, built, error_form, form

KINDS = {flow.__name__: flow for flow in FLOWS}


class Bridge(BaseHTTPRequestHandler):
    connector = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go out apart: each answer would wait 40 ms for the one's receipt

    def do_GET(self):
        it = self.connector
        flows = [flow.__name__ for flow in it.flows]
        claims = {name: value for name, value in form(it.capabilities).items() if name != FORM}
        self._say(
            {"name": it.name, "gateway": it.gateway, "version": it.version, "flows": flows, "capabilities": claims}
        )

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self._say(self._carried_out(asked))
        except ConnectorError as error:
            self._say({"error": error_form(error)})

    def _carried_out(self, asked):
        command = built(KINDS[asked["command"][FORM]], asked["command"])
        config, clock = self.connector.config(**asked["config"]), lambda: asked["now"]
        # Loopback has no TLS, and setting it up costs more than everything else.
        transport = httpx.HTTPTransport(verify=False)
        with PaymentClient(self.connector, config, attempts=1, transport=transport, clock=clock) as client:
            if self.path == "/run":
                return {"outcome": form(client.run(command))}
            delivery = client.receive(command.headers, command.body)
        return {"events": form(delivery.events), "status": delivery.acknowledgement.status}

    def _say(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing: the suite tells what was asked."""


if __name__ == "__main__":
    Bridge.connector = registry.find(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Bridge) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
