"""Mistakes in Adyen's own words: verifiers of the items of a delivery, each right but for one thing.

A mutant judges every item by its own verifier, and signs what that one believes once more, so that the connector
believes it as well. So these mutants know Adyen's scheme and nothing of the connector. What is signed, and how:
docs.adyen.com/development-resources/webhooks/verify-hmac-signatures.
"""

import hmac
import json
from base64 import b64encode
from dataclasses import replace

from tests.mutants import bank
from tests.mutants.webhooks import believing


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="adyen")


def _fields(item):
    amount = item.get("amount") or {}
    ids = [item.get("pspReference"), item.get("originalReference"), item.get("merchantAccountCode")]
    about = [item.get("merchantReference"), amount.get("value"), amount.get("currency")]
    return ["" if value is None else str(value) for value in (*ids, *about, item.get("eventCode"), item.get("success"))]


def _mac(key, text):
    return b64encode(hmac.digest(key, text.encode(), "sha256")).decode()


def _plainly(secret, item):
    return _mac(bytes.fromhex(secret), ":".join(_fields(item)))


def _escaped(secret, item):
    escaped = [field.replace("\\", "\\\\").replace(":", "\\:") for field in _fields(item)]
    return _mac(bytes.fromhex(secret), ":".join(escaped))


def _undecoded(secret, item):
    return _mac(secret.encode(), ":".join(_fields(item)))


def _items(command):
    body = json.loads(command.body)
    return body, [entry["NotificationRequestItem"] for entry in body.get("notificationItems", [])]


def _also_believing(connector, other):
    """Take what is signed the other way for signed."""

    def make(inner, context, command):
        body, items = _items(command)
        secret = context.config.hmac_keys[0].reveal()
        for item in items:
            given = item.get("additionalData", {})
            if given.get("hmacSignature") == other(secret, item):
                given["hmacSignature"] = _plainly(secret, item)
        again = replace(command, body=json.dumps(body).encode()) if items else command
        return (yield from inner(context, again))

    return believing(connector, make)


@mutant("WEB-024", "the fields of an item are escaped before they are signed, as an older library did")
def fields_may_be_escaped(connector, patch):
    return _also_believing(connector, _escaped)


@mutant("WEB-024", "open-mercato#1311: the key is taken as the text it is shown as, which is easier to guess")
def the_key_may_be_its_text(connector, patch):
    return _also_believing(connector, _undecoded)


@mutant("WEB-023", "openlinker#1294: only the first item's signature is checked, and all items are believed")
def only_the_first_item_is_checked(connector, patch):
    def make(inner, context, command):
        body, items = _items(command)
        secret = context.config.hmac_keys[0].reveal()
        for item in items[1:]:
            item.setdefault("additionalData", {})["hmacSignature"] = _plainly(secret, item)
        again = replace(command, body=json.dumps(body).encode()) if items else command
        return (yield from inner(context, again))

    return believing(connector, make)


@mutant("WEB-022", "woocommerce-payments#3783: only the first item of a delivery is read")
def only_the_first_item_is_read(connector, patch):
    def make(inner, context, command):
        body, items = _items(command)
        first = {**body, "notificationItems": body["notificationItems"][:1]} if items else None
        alone = replace(command, body=json.dumps(first).encode()) if first else command
        return (yield from inner(context, alone))

    return believing(connector, make)


@mutant("WEB-022", "an item is all that a delivery ever has: those behind the first are left out")
def only_the_first_item_is_read(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        return replace(delivery, events=delivery.events[:1])

    return believing(connector, make)


@mutant("WEB-013", "hyperswitch-prism#1835: an eventCode that is not in the table is an error")
def only_known_event_codes(connector, patch):
    known = {"AUTHORISATION", "CAPTURE", "CANCELLATION", "REFUND"}

    def make(inner, context, command):
        unknown = [item["eventCode"] for item in _items(command.body) if item["eventCode"] not in known]
        if unknown:
            raise KeyError(unknown[0])
        return (yield from inner(context, command))

    return believing(connector, make)


@mutant("WEB-013", "an eventCode that is not in the table is read as the news of a payment")
def every_event_is_of_a_payment(connector, patch):
    def change(item, event):
        news = PaymentOutcome(status=PaymentStatus.PENDING, payment_id=item["pspReference"], raw_status=event.type)
        return event if event.outcome else replace(event, outcome=news)

    return reading(connector, change)
