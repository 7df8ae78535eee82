"""Mistakes in Stripe's own words; most are verifiers of Stripe-Signature, each right but for one thing.

A mutant judges the delivery by its own verifier, and signs what that one believes once more, so that the connector
believes it as well. So these mutants know Stripe's scheme and nothing of the connector.
"""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from runtime.core.errors import WebhookRejected
from runtime.core.payments import Authorize, IncomingWebhook
from tests.mutants.bank import mutant
from tests.mutants.tamper import tamper

TOLERANCE = 300


def _mac(secret: str, at: int, body: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, algorithm).hexdigest()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A right verifier; a mutant overrides one of its parts."""

    header: Callable = lambda headers: next(
        (value for name, value in headers if name.lower() == "stripe-signature"), None
    )
    schemes: tuple = ("v1",)
    bodies: Callable = lambda body: [body]
    secrets: Callable = list
    candidates: Callable = lambda given: given
    equal: Callable = lambda expected, given: expected == given
    algorithms: tuple = ("sha256",)
    in_time: Callable = lambda age: abs(age) <= TOLERANCE
    without_header: bool = False

    def believes(self, command: IncomingWebhook, now: float, secrets: list[str]) -> bool:
        header = self.header(command.headers)
        if header is None:
            return self.without_header
        items = [item.partition("=")[::2] for item in header.split(",")]
        times = [int(value) for name, value in items if name == "t"]
        given = self.candidates([value for name, value in items if name in self.schemes])
        return bool(times) and self.in_time(now - times[0]) and self._signed(command.body, times[0], given, secrets)

    def _signed(self, body: bytes, at: int, given: list[str], secrets: list[str]) -> bool:
        return any(
            self.equal(_mac(secret, at, text, algorithm), value)
            for secret in self.secrets(secrets)
            for text in self.bodies(body)
            for algorithm in self.algorithms
            for value in given
        )


def verified_by(connector, verifier, *, fallback=None):
    """The connector, believing what the verifier believes."""
    inner = connector.flows[IncomingWebhook]

    def exchange(context, command):
        secrets = [secret.reveal() for secret in context.config.webhook_secrets] or [fallback]
        if secrets == [None] or not verifier.believes(command, context.now, secrets):
            raise WebhookRejected("not signed")
        config = replace(context.config, webhook_secrets=("whsec_any",))
        again = f"t={int(context.now)},v1={_mac('whsec_any', int(context.now), command.body)}"
        signed = replace(command, headers=(("Stripe-Signature", again),))
        return (yield from inner(replace(context, config=config), signed))

    return replace(connector, flows={**connector.flows, IncomingWebhook: exchange})


def flawed(requirement: str, bug: str, name: str, **flaw: object) -> None:
    """Register a verifier with one flaw."""

    def breaks(connector, patch):
        return verified_by(connector, Verifier(**flaw))

    breaks.__name__ = name
    mutant(requirement, bug, gateway="stripe")(breaks)


flawed(
    "WEB-003", "hyperswitch#8946: any well-formed signature is believed", "any_hex_is_a_signature",
    equal=lambda expected, given: re.fullmatch(r"[0-9a-f]{64}", given) is not None,
)  # fmt: skip
flawed(
    "WEB-004",
    "dj-payfast#30: without a signature there is nothing to check",
    "no_signature_is_fine",
    without_header=True,
)
flawed(
    "WEB-005",
    "dj-payfast#30: the age of a delivery is never looked at",
    "old_deliveries_are_fine",
    in_time=lambda age: age >= -TOLERANCE,
)
flawed(
    "WEB-005",
    "off by one: 301 seconds are still in time",
    "a_second_too_late",
    in_time=lambda age: -TOLERANCE <= age <= TOLERANCE + 1,
)
flawed(
    "WEB-005",
    "off by one: 300 seconds are late already",
    "a_second_too_early",
    in_time=lambda age: -TOLERANCE <= age < TOLERANCE,
)
flawed(
    "WEB-006",
    "the Python library's own rule: any time to come is believed",
    "the_future_is_fine",
    in_time=lambda age: age <= TOLERANCE,
)
flawed(
    "WEB-007", "a prefix compare believes half a signature", "half_a_signature_is_enough",
    equal=lambda expected, given: bool(given) and expected.startswith(given),
)  # fmt: skip
flawed(
    "WEB-008", "open-mercato#1311: an empty signature matches an empty expectation", "an_empty_signature_is_enough",
    equal=lambda expected, given: not given or expected == given,
)  # fmt: skip
flawed(
    "WEB-009", "hyperswitch#8946: a weaker algorithm is accepted too", "sha1_is_enough", algorithms=("sha256", "sha1")
)
flawed("WEB-009", "the test scheme v0 is accepted too", "v0_counts", schemes=("v1", "v0"))
flawed(
    "WEB-010", "openlinker#1294: the header is looked up with its case", "the_header_needs_its_case",
    header=lambda headers: dict(headers).get("Stripe-Signature"),
)  # fmt: skip
flawed(
    "WEB-011", "openlinker#1294: only the first of two signatures is tried", "only_the_first_signature",
    candidates=lambda given: given[:1],
)  # fmt: skip
flawed(
    "WEB-012", "stripe-node#341: the body is parsed and written again before the check", "the_body_is_written_again",
    bodies=lambda body: [json.dumps(json.loads(body), indent=2).encode()],
)  # fmt: skip
flawed(
    "WEB-018", "only the first configured secret is tried", "only_the_first_secret", secrets=lambda secrets: secrets[:1]
)


@mutant("WEB-015", "open-mercato#1311: without a secret an empty one is used", gateway="stripe")
def no_secret_means_an_empty_one(connector, patch):
    return verified_by(connector, Verifier(equal=lambda expected, given: True, without_header=True), fallback="")


@mutant(
    "CAP-002", "the name that an older version had for a parameter: stripe-python 16.1 has dropped it", gateway="stripe"
)
def a_parameter_of_an_older_version(connector, patch):
    old = lambda request: replace(request, body=request.body.replace(b"allowed_payment_", b"payment_"))  # noqa: E731
    return tamper(connector, Authorize, request=old)


@mutant("WEB-003", "the secrets of the account's other endpoints are tried too", gateway="stripe")
def another_endpoints_secret_is_enough(connector, patch):
    every = lambda secrets: [*secrets, *(f"{secret}_of_another_endpoint" for secret in secrets)]  # noqa: E731 - one expression
    return verified_by(connector, Verifier(secrets=every))
