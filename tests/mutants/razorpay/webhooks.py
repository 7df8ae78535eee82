"""Mistakes in Razorpay's own words with deliveries: verifiers right but for one thing, and events misread.

A mutant judges the delivery by its own verifier, and signs what that one believes once more, so that the connector
believes it as well. So these mutants know X-Razorpay-Signature and nothing of the connector.
Source: razorpay.com/docs/webhooks/{validate-test,payloads}.
"""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from runtime.core.errors import WebhookRejected
from runtime.core.payments import IncomingWebhook, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, PaymentStatus, RefundStatus
from tests.mutants import bank
from tests.mutants.webhooks import believing, events

HEADER = "X-Razorpay-Signature"


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="razorpay")


def _mac(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), body, algorithm).hexdigest()


def _any_case(headers) -> str | None:
    return next((value for name, value in headers if name.lower() == HEADER.lower()), None)


@dataclass(frozen=True, slots=True)
class Verifier:
    """A right verifier; a mutant overrides one of its parts."""

    header: Callable = _any_case
    body: Callable = lambda body: body
    secrets: Callable = lambda config: [secret.reveal() for secret in config.webhook_secrets]
    equal: Callable = lambda expected, given: expected == given
    algorithms: tuple = ("sha256",)
    without_header: bool = False
    without_secret: bool = False

    def believes(self, config, command: IncomingWebhook) -> bool:
        given, secrets = self.header(command.headers), self.secrets(config)
        if not secrets or given is None:
            return self.without_header if secrets else self.without_secret
        body = self.body(command.body)
        return any(self.equal(_mac(secret, body, name), given) for secret in secrets for name in self.algorithms)


def verified_by(connector, verifier):
    """The connector, believing what the verifier believes."""

    def make(inner, context, command):
        if not verifier.believes(context.config, command):
            raise WebhookRejected("not signed")
        config = replace(context.config, webhook_secrets=("any",))
        others = tuple((name, value) for name, value in command.headers if name.lower() != HEADER.lower())
        signed = replace(command, headers=(*others, (HEADER, _mac("any", command.body))))
        return (yield from inner(replace(context, config=config), signed))

    return believing(connector, make)


def flawed(requirement: str, bug: str, name: str, **flaw: object) -> None:
    """Register a verifier with one flaw."""

    def breaks(connector, patch):
        return verified_by(connector, Verifier(**flaw))

    breaks.__name__ = name
    mutant(requirement, bug)(breaks)


flawed(
    "WEB-001", "razorpay-python#65: the key's secret is taken for the webhook's", "the_keys_secret_signs",
    secrets=lambda config: [config.key_secret.reveal()],
)  # fmt: skip
flawed(
    "WEB-001", "razorpay-node#380: the signature is made over `payload` alone", "the_payload_alone_is_signed",
    body=lambda body: json.dumps(json.loads(body)["payload"], separators=(",", ":"), ensure_ascii=False).encode(),
)  # fmt: skip
flawed(
    "WEB-012", "razorpay-node#96: the body is parsed and written again before the check", "the_body_is_stringified",
    body=lambda body: json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode(),
)  # fmt: skip
flawed(
    "WEB-015", "without a configured secret there is nothing to check", "no_secret_means_no_check",
    without_secret=True,
)  # fmt: skip
flawed(
    "WEB-003", "any 64 hex digits are believed", "any_digest_is_a_signature",
    equal=lambda expected, given: re.fullmatch(r"[0-9a-f]{64}", given) is not None,
)  # fmt: skip
flawed("WEB-004", "a delivery without a signature is not checked", "unsigned_deliveries_pass", without_header=True)
flawed(
    "WEB-007", "a prefix compare believes half a signature", "the_beginning_of_a_signature_will_do",
    equal=lambda expected, given: bool(given) and expected.startswith(given),
)  # fmt: skip
flawed(
    "WEB-008", "an empty signature is a prefix of every other", "nothing_is_a_signature",
    equal=lambda expected, given: not given or expected == given,
)  # fmt: skip
flawed("WEB-009", "SHA-1 is accepted too", "sha1_will_do", algorithms=("sha256", "sha1"))
flawed(
    "WEB-010", "the header is looked up with its case", "the_header_is_written_one_way",
    header=lambda headers: dict(headers).get(HEADER),
)  # fmt: skip
flawed(
    "WEB-018", "only the newer secret is tried: what is sent again bears the older", "only_the_new_secret",
    secrets=lambda config: [secret.reveal() for secret in config.webhook_secrets][:1],
)  # fmt: skip


@mutant("WEB-016", "`X-Razorpay-Event-Id` is not looked at: the payment's id stands for all its events")
def the_payment_is_the_event(connector, patch):
    change = lambda e: replace(e, event_id=e.outcome.payment_id) if e.outcome else e  # noqa: E731 - one expression
    return believing(connector, events(change))


@mutant("WEB-016", "`X-Razorpay-Event-Id` is not looked at: `created_at` is, and two events may share a second")
def the_second_is_the_event(connector, patch):
    return believing(connector, events(lambda event: replace(event, event_id=str(event.created))))


@mutant("WEB-014", "razorpay-woocommerce#571: `payment.authorized` is all that is listened to, and is paid")
def authorized_is_heard_as_paid(connector, patch):
    def change(event):
        held = event.type == "payment.authorized"
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.CHARGED)) if held else event

    return believing(connector, events(change))


@mutant("LIF-034", "razorpay-woocommerce#571: only `payment.authorized` is heard: that an order or link is paid is not")
def only_authorizations_are_heard(connector, patch):
    return believing(connector, events(lambda e: e if e.type == "payment.authorized" else replace(e, outcome=None)))


@mutant("WEB-021", "`payment.dispute.created` begins like a payment's event, and is read as one")
def a_dispute_is_a_payment(connector, patch):
    def change(event):
        if not event.type.startswith("payment.dispute."):
            return event
        about = event.outcome.payment_id
        paid = PaymentOutcome(status=PaymentStatus.CHARGED, payment_id=about, raw_status="captured")
        return replace(event, outcome=paid)

    return believing(connector, events(change))


@mutant("WEB-017", "every event of a refund is a refund that is done, `refund.failed` as well")
def every_refund_is_heard_as_done(connector, patch):
    def change(event):
        refund = isinstance(event.outcome, RefundOutcome)
        return replace(event, outcome=replace(event.outcome, status=RefundStatus.SUCCESS)) if refund else event

    return believing(connector, events(change))


@mutant("WEB-020", "`error.reason` is looked for in a payment, where it is `error_reason`: no decline has one")
def a_failed_payment_has_no_reason(connector, patch):
    def change(event):
        why = isinstance(event.outcome, PaymentOutcome) and event.outcome.error
        if not why:
            return event
        unknown = replace(why, code=ErrorCode.OTHER, raw_code=None)
        return replace(event, outcome=replace(event.outcome, error=unknown))

    return believing(connector, events(change))


@mutant("WEB-014", "`refund.processed` is read like `refund.created`: the shop waits for what has come")
def a_refund_that_is_done_is_under_way(connector, patch):
    def change(event):
        done = event.type == "refund.processed"
        return replace(event, outcome=replace(event.outcome, status=RefundStatus.PENDING)) if done else event

    return believing(connector, events(change))


@mutant("LIF-026", "`token.confirmed` is not listened to, and nothing else says that a mandate can be charged")
def tokens_are_not_heard_of(connector, patch):
    change = lambda e: replace(e, outcome=None) if e.type.startswith("token.") else e  # noqa: E731 - one expression
    return believing(connector, events(change))


@mutant("LIF-026", "every event of a token is its end, as `token.cancelled` is: nobody charges what could be")
def a_confirmed_token_is_over(connector, patch):
    def change(event):
        confirmed = event.type == "token.confirmed"
        return replace(event, outcome=replace(event.outcome, status=MandateStatus.INACTIVE)) if confirmed else event

    return believing(connector, events(change))


@mutant("WEB-021", "only `payment.dispute.created` is listened to: how the bank decided is never heard of")
def only_new_disputes_are_heard_of(connector, patch):
    def change(event):
        later = event.type.startswith("payment.dispute.") and event.type != "payment.dispute.created"
        return replace(event, outcome=None) if later else event

    return believing(connector, events(change))


@mutant("WEB-021", "the end of a dispute is bad news: `payment.dispute.won` is read as lost")
def every_dispute_is_lost_in_the_end(connector, patch):
    def change(event):
        won = event.type == "payment.dispute.won"
        return replace(event, outcome=replace(event.outcome, status=DisputeStatus.LOST)) if won else event

    return believing(connector, events(change))
