"""Mistakes in Adyen's own words with its webhooks: how an item is verified, and what its eventCode and success mean.

A mutant judges every item by its own verifier, and signs what that one believes once more, so that the connector
believes it as well. So these mutants know Adyen's items and nothing of the connector.
Sources: docs.adyen.com/development-resources/webhooks/{verify-hmac-signatures, webhook-types}, Webhooks v1.
"""

import hmac
import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass, replace

from runtime.core.errors import WebhookRejected
from runtime.core.payments import DisputeOutcome, PaymentOutcome
from runtime.core.vocabulary import DisputeStatus, PaymentStatus, RefundStatus
from tests.mutants import bank
from tests.mutants.webhooks import believing

IDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
ANY_KEY = "AB" * 32


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="adyen")


# -- how an item is verified


def _escaped(text):
    return text.replace("\\", "\\\\").replace(":", "\\:")


def _message(item, form=str):
    amount = item.get("amount") or {}
    ids = [form(item.get(name) or "") for name in IDS]
    event = [amount.get("value", ""), amount.get("currency", ""), item["eventCode"], item["success"]]
    return ":".join(map(str, [*ids, *event]))


def _mac(key, message, algorithm="sha256"):
    return b64encode(hmac.digest(key, message.encode(), algorithm)).decode()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A right verifier of items; a mutant overrides one of its parts."""

    keys: Callable = list
    decoded: tuple = (bytes.fromhex,)
    forms: tuple = (str,)
    algorithms: tuple = ("sha256",)
    equal: Callable = lambda expected, given: expected == given
    items: Callable = lambda items: items
    unsigned: bool = False

    def believes(self, items, keys):
        return all(self._signed(item, keys) for item in self.items(items))

    def _signed(self, item, keys):
        given = _signature(item)
        if given is None:
            return self.unsigned
        return any(
            self.equal(_mac(decode(key), _message(item, form), algorithm), given)
            for key in self.keys(keys)
            for decode in self.decoded
            for form in self.forms
            for algorithm in self.algorithms
        )


def _signature(item):
    return (item.get("additionalData") or {}).get("hmacSignature")


def _items(command):
    """The items of a delivery; none where it is a webhook of the other kind, which is signed in a header."""
    return [entry["NotificationRequestItem"] for entry in json.loads(command.body).get("notificationItems", [])]


def _signed_again(item):
    more = {**(item.get("additionalData") or {}), "hmacSignature": _mac(bytes.fromhex(ANY_KEY), _message(item))}
    return {"NotificationRequestItem": {**item, "additionalData": more}}


def _delivered(inner, context, command, items):
    """What the connector makes of these items, each with a right signature."""
    body = json.dumps({"live": "false", "notificationItems": [_signed_again(item) for item in items]}).encode()
    config = replace(context.config, hmac_keys=(ANY_KEY,))
    return inner(replace(context, config=config), replace(command, body=body))


def verified_by(connector, verifier):
    """The connector, believing what the verifier believes; what is signed in a header stays as it is."""

    def make(inner, context, command):
        if not (items := _items(command)):
            return (yield from inner(context, command))
        if not verifier.believes(items, [key.reveal() for key in context.config.hmac_keys]):
            raise WebhookRejected("not signed")
        return (yield from _delivered(inner, context, command, items))

    return believing(connector, make)


def flawed(requirement: str, bug: str, name: str, **flaw: object) -> None:
    """Register a verifier with one flaw."""

    def breaks(connector, patch):
        return verified_by(connector, Verifier(**flaw))

    breaks.__name__ = name
    mutant(requirement, bug)(breaks)


def _is_a_digest(text):
    try:
        return len(b64decode(text, validate=True)) == 32
    except NotBase64:
        return False


flawed(
    "WEB-001", "openlinker#1294: fields are escaped before they are signed, so whatever has a colon is rejected",
    "fields_are_escaped", forms=(_escaped,),
)  # fmt: skip
flawed("WEB-001", "the key is hex, and its text is used", "the_key_is_never_decoded", decoded=(str.encode,))
flawed(
    "WEB-024", "the fields of an item are escaped before they are signed, as an older library did",
    "fields_may_be_escaped", forms=(str, _escaped),
)  # fmt: skip
flawed(
    "WEB-024", "open-mercato#1311: the key is taken as the text it is shown as, which is easier to guess",
    "the_key_may_be_its_text", decoded=(bytes.fromhex, str.encode),
)  # fmt: skip
flawed(
    "WEB-023", "openlinker#1294: only the first item's signature is checked, and all items are believed",
    "only_the_first_item_is_checked", items=lambda items: items[:1],
)  # fmt: skip
flawed(
    "WEB-023", "an item that has no signature is passed over, not refused", "what_is_signed_is_checked",
    items=lambda items: [item for item in items if _signature(item)],
)  # fmt: skip
flawed(
    "WEB-003", "hyperswitch#8946: any well-formed signature is believed", "any_base64_is_a_signature",
    equal=lambda expected, given: _is_a_digest(given),
)  # fmt: skip
flawed(
    "WEB-004", "dj-payfast#30: an item without hmacSignature is taken for one of a webhook that has no key",
    "unsigned_items_are_fine", unsigned=True,
)  # fmt: skip
flawed(
    "WEB-007", "a prefix compare believes half a signature", "half_an_hmac_is_enough",
    equal=lambda expected, given: bool(given) and expected.startswith(given),
)  # fmt: skip
flawed(
    "WEB-008", "open-mercato#1311: an empty signature matches an empty expectation", "an_empty_hmac_is_enough",
    equal=lambda expected, given: not given or expected == given,
)  # fmt: skip
flawed(
    "WEB-009", "hyperswitch#8946: a weaker algorithm, once used for payment pages, is accepted too",
    "an_hmac_of_sha1_is_enough", algorithms=("sha256", "sha1"),
)  # fmt: skip
flawed(
    "WEB-018", "only the first key is tried while a new one is rolled out", "only_the_first_hmac_key",
    keys=lambda keys: keys[:1],
)  # fmt: skip


@mutant("WEB-015", "open-mercato#1311: without an HMAC key there is nothing to check")
def no_hmac_key_means_no_check(connector, patch):
    def make(inner, context, command):
        if context.config.hmac_keys:
            return (yield from inner(context, command))
        return (yield from _delivered(inner, context, command, _items(command)))

    return believing(connector, make)


# -- which items are read


@mutant("WEB-022", "woocommerce-payments#3783: only the first item of a delivery is read")
def only_the_first_item_is_read(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        return replace(delivery, events=delivery.events[:1])

    return believing(connector, make)


@mutant("WEB-013", "hyperswitch-prism#1835: an eventCode that is not in the table is an error")
def only_known_event_codes(connector, patch):
    known = {"AUTHORISATION", "CAPTURE", "CANCELLATION", "REFUND"}

    def make(inner, context, command):
        unknown = {item["eventCode"] for item in _items(command)} - known
        if unknown:
            raise KeyError(unknown.pop())
        return (yield from inner(context, command))

    return believing(connector, make)


# -- what an item means


def reading(connector, change):
    """Each event changed by the item that it was read from: `change(item, event)`."""

    def make(inner, context, command):
        delivery = yield from inner(context, command)
        items = _items(command) or [{}] * len(delivery.events)
        both = zip(items, delivery.events, strict=True)
        return replace(delivery, events=tuple([change(item, event) if item else event for item, event in both]))

    return believing(connector, make)


def _of(kind, **wrong):
    """What events of a kind tell, changed; what is callable is made from the item."""

    def change(item, event):
        if not isinstance(event.outcome, kind):
            return event
        told = {name: value(item) if callable(value) else value for name, value in wrong.items()}
        return replace(event, outcome=replace(event.outcome, **told))

    return change


def _as(raw, status):
    """An event of that eventCode and success read as something else, and without an error."""

    def change(item, event):
        if f"{item['eventCode']}/{item['success']}" != raw or event.outcome is None:
            return event
        excused = {} if isinstance(event.outcome, DisputeOutcome) else {"error": None}
        return replace(event, outcome=replace(event.outcome, status=status, **excused))

    return change


def misread(requirement: str, bug: str, name: str, change: Callable) -> None:
    """Register a connector that reads items wrongly."""

    def breaks(connector, patch):
        return reading(connector, change)

    breaks.__name__ = name
    mutant(requirement, bug)(breaks)


misread(
    "WEB-020", "`success` is text, and the text false is truthy: a refused AUTHORISATION is authorised",
    "the_text_false_is_truthy", _as("AUTHORISATION/false", PaymentStatus.AUTHORIZED),
)  # fmt: skip
misread(
    "WEB-014", "`success` is compared with true, but is text: nothing ever succeeds", "no_text_is_true",
    _of(PaymentOutcome, status=PaymentStatus.FAILURE),
)  # fmt: skip
misread(
    "LIF-009", "CAPTURE is read without `success`: what was not captured is charged",
    "every_capture_event_is_charged", _as("CAPTURE/false", PaymentStatus.CHARGED),
)  # fmt: skip
misread(
    "LIF-006", "active_merchant#614: CANCELLATION is read without `success`: a captured payment is voided",
    "every_cancellation_event_is_a_void", _as("CANCELLATION/false", PaymentStatus.VOIDED),
)  # fmt: skip
misread(
    "LIF-010", "REFUND is read without `success`: what was not returned is refunded",
    "every_refund_event_is_done", _as("REFUND/false", RefundStatus.SUCCESS),
)  # fmt: skip
misread(
    "WEB-017", "REFUND_FAILED comes with success true, and is read as a refund that succeeded",
    "a_failed_refund_succeeded", _as("REFUND_FAILED/true", RefundStatus.SUCCESS),
)  # fmt: skip
misread(
    "WEB-014", "the modification's own pspReference is taken for the payment's; originalReference is not looked at",
    "original_references_are_ignored", _of(PaymentOutcome, payment_id=lambda item: item["pspReference"]),
)  # fmt: skip
misread(
    "WEB-014", "the shop's own merchantReference is taken for the payment's id", "merchant_references_are_ids",
    _of(PaymentOutcome, payment_id=lambda item: item["merchantReference"]),
)  # fmt: skip
misread(
    "WEB-016", "openlinker#1294: events are told apart by their payment alone", "events_are_known_by_their_payment",
    lambda item, event: replace(event, event_id=item.get("originalReference") or item["pspReference"]),
)  # fmt: skip
misread(
    "WEB-016", "openlinker#1294: events are told apart by pspReference without eventCode, which several share",
    "events_are_known_by_their_reference", lambda item, event: replace(event, event_id=item["pspReference"]),
)  # fmt: skip
misread(
    "WEB-021", "a dispute is known by its payment's reference, under which nobody can defend it",
    "a_dispute_has_its_payments_id", _of(DisputeOutcome, dispute_id=lambda item: item["originalReference"]),
)  # fmt: skip
misread(
    "WEB-021", "hyperswitch#5298: originalReference of a CHARGEBACK is not looked at",
    "a_dispute_names_itself", _of(DisputeOutcome, payment_id=lambda item: item["pspReference"]),
)  # fmt: skip
misread(
    "WEB-021", "CHARGEBACK is read as lost, for the money is gone; it can still be defended",
    "every_chargeback_is_lost", _as("CHARGEBACK/true", DisputeStatus.LOST),
)  # fmt: skip
misread(
    "WEB-013", "an eventCode that is not in the table is read as news of a payment", "every_event_is_of_a_payment",
    lambda item, event: event if event.outcome else replace(event, outcome=PaymentOutcome(
        status=PaymentStatus.PENDING, payment_id=item["pspReference"], raw_status=event.type)),
)  # fmt: skip
misread(
    "WEB-021", "CHARGEBACK_REVERSED is read as won, for the money is back; the bank can take it a second time",
    "a_reversal_is_won", _as("CHARGEBACK_REVERSED/true", DisputeStatus.WON),
)  # fmt: skip
misread(
    "WEB-021", "SECOND_CHARGEBACK is read as CHARGEBACK: a dispute that was lost for good is open again",
    "a_second_chargeback_is_open", _as("SECOND_CHARGEBACK/true", DisputeStatus.OPENED),
)  # fmt: skip
misread(
    "WEB-021", "DISPUTE_DEFENSE_PERIOD_ENDED is in no table: a dispute that is over still waits for an answer",
    "a_dispute_never_ends", _as("DISPUTE_DEFENSE_PERIOD_ENDED/true", DisputeStatus.OPENED),
)  # fmt: skip
misread(
    "WEB-021", "defensePeriodEndsAt stands in additionalData, and is not looked at: the deadline passes",
    "additional_data_is_not_read", _of(DisputeOutcome, respond_by=None),
)  # fmt: skip


@mutant("LIF-008", "saleor#7399: a REFUND is told with what was paid, though a part of it went back")
def every_refund_is_told_as_the_whole(connector, patch):
    paid = {}

    def change(item, event):
        if item["eventCode"] == "AUTHORISATION":
            paid[item["pspReference"]] = event.outcome.amount
        if item["eventCode"] != "REFUND":
            return event
        whole = paid.get(item["originalReference"]) or event.outcome.amount
        return replace(event, outcome=replace(event.outcome, amount=whole))

    return reading(connector, change)
