"""python -m tests.bench.bare SERVER PORT [KIND]: fixed bytes on waitress or granian, by a Flask view or by none.

Without Flask it shows what the server itself takes on this machine: nothing that it serves can be quicker.
"""

import sys
from collections.abc import Iterable

from flask import Flask, Response
from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from waitress import serve  # type: ignore[import-untyped]  # waitress has no type information

from mock_gateways.core.wsgi import Environ, StartResponse, Wsgi

REPLY = b'{"id":"pi_bare","object":"payment_intent","padding":"' + b"x" * 1200 + b'"}'


def bytes_alone(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The same bytes from a plain WSGI application, which reads the body that was sent and looks at nothing."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(REPLY)))])
    return (REPLY,)


def flask_view() -> Flask:
    app = Flask("bare")

    @app.route("/v1/payment_intents", methods=["POST"])
    @app.route("/v1/payment_intents/<name>", methods=["GET"])
    def view(name: str = "") -> Response:
        return Response(REPLY, mimetype="application/json")

    return app


def main(server: str, port: int, kind: str = "flask") -> None:
    def application() -> Wsgi:
        return flask_view() if kind == "flask" else bytes_alone

    if server == "waitress":
        serve(application(), host="127.0.0.1", port=port, threads=8)
        return
    # The settings of mock_gateways/workers.py.
    quick = {"runtime_mode": RuntimeModes.st, "http": HTTPModes.http1, "websockets": False}
    served = Granian("bare", port=port, interface=Interfaces.WSGI, blocking_threads=4, log_enabled=False, **quick)
    served.serve(target_loader=application, wrap_loader=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
