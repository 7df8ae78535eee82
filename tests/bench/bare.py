"""python -m tests.bench.bare SERVER PORT: a Flask application that answers fixed bytes, on waitress or granian."""

import sys

from flask import Flask, Response
from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from waitress import serve  # type: ignore[import-untyped]  # waitress has no type information

REPLY = b'{"id":"pi_bare","object":"payment_intent","padding":"' + b"x" * 1200 + b'"}'


def application() -> Flask:
    app = Flask("bare")

    @app.route("/v1/payment_intents", methods=["POST"])
    @app.route("/v1/payment_intents/<name>", methods=["GET"])
    def view(name: str = "") -> Response:
        return Response(REPLY, mimetype="application/json")

    return app


def main(server: str, port: int) -> None:
    if server == "waitress":
        serve(application(), host="127.0.0.1", port=port, threads=8)
        return
    # The settings of mock_gateways/workers.py.
    quick = {"runtime_mode": RuntimeModes.st, "http": HTTPModes.http1, "websockets": False}
    served = Granian("bare", port=port, interface=Interfaces.WSGI, blocking_threads=4, log_enabled=False, **quick)
    served.serve(target_loader=application, wrap_loader=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
