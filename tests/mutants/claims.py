"""Secrets that show, text and ids that are not quoted, and claims that do not hold."""

import logging
from dataclasses import replace

from runtime.core.connector import Offer
from runtime.core.errors import ConnectorError, OutcomeUnknown
from runtime.core.payments import (
    Authorize,
    CompleteAuthorize,
    PaymentOutcome,
    PSync,
    Refund,
    StoredMethod,
)
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentMethodType, PaymentStatus
from tests.mutants.bank import mutant
from tests.mutants.changes import only
from tests.mutants.tamper import tamper


@mutant("SEC-001", "AuthorizeNet/sdk-php#48: the card number stands in the error")
def the_card_number_is_in_the_error(connector, patch):
    def change(command, error):
        raise OutcomeUnknown(f"{error} for card {command.method.number.reveal()}", error=error.error)

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("SEC-004", "active_merchant#2392: the request is logged")
def the_request_is_logged(connector, patch):
    def change(request):
        logging.getLogger("connector").info("sending %s %s", request.url, request.body)
        return request

    return tamper(connector, Authorize, request=change)


@mutant("SEC-002", "hyperswitch#8925: an id goes into the path as it came")
def ids_are_not_quoted(connector, patch):
    flow = PSync if PSync in connector.flows else Refund

    def raw(context, command):
        inner = connector.flows[flow](context, replace(command, payment_id="PLACE"))
        request = next(inner)
        try:
            inner.send((yield replace(request, url=request.url.replace("PLACE", command.payment_id))))
        except StopIteration as done:
            return done.value

    return replace(connector, flows={**connector.flows, flow: raw})


@mutant("SEC-003", "odoo#15230: free text is not encoded")
def free_text_is_not_encoded(connector, patch):
    raw = {b"%26": b"&", b"%3D": b"=", b'\\"': b'"'}  # as a form and as JSON

    def change(request):
        body = request.body
        for encoded, bare in raw.items():
            body = body.replace(encoded, bare)
        return replace(request, body=body)

    return tamper(connector, Authorize, request=change)


@mutant("SEC-005", "whatever a browser brings back proves that its shopper has paid")
def what_a_browser_brings_is_proof(connector, patch):
    def change(command, outcome):
        waits = outcome.status in (PaymentStatus.AUTHENTICATION_PENDING, PaymentStatus.PENDING)
        believed = {"status": PaymentStatus.CHARGED, "payment_id": command.payment_id}
        return replace(outcome, **believed) if command.returned and waits else outcome

    def shrug(command, error):
        return PaymentOutcome(status=PaymentStatus.CHARGED, payment_id=command.payment_id, raw_status=None)

    return tamper(connector, CompleteAuthorize, outcome=change, error=shrug)


@mutant("CAP-001", "hyperswitch#8595: an undeclared method is sent as a card")
def undeclared_methods_are_sent(connector, patch):
    patch.setattr(type(connector), "_refuse_undeclared", lambda self, command: None)


@mutant("CAP-002", "hyperswitch#8595: a declared capture mode does something else")
def manual_is_automatic(connector, patch):
    return tamper(connector, Authorize, command=lambda c: replace(c, capture_method=CaptureMethod.AUTOMATIC))


@mutant("CAP-003", "stripe-mock#473: a stored method is not passed on")
def stored_methods_are_lost(connector, patch):
    def lose(command):
        stored = isinstance(command.method, StoredMethod)
        return replace(command, method=StoredMethod(token="gone")) if stored else command

    return tamper(connector, Authorize, command=lose)


# -- what is declared and what is not


def _claims(connector, **offers):
    """The connector with its offer of some methods changed: an offer, or None for a method that is left out."""
    methods = {**connector.capabilities.payment_methods}
    for kind, offer in offers.items():
        methods.pop(PaymentMethodType(kind), None)
        if offer is not None:
            methods[PaymentMethodType(kind)] = offer
    return replace(connector, capabilities=replace(connector.capabilities, payment_methods=methods))


def _offers(connector, when, **changes):
    """Every offer that `when` says, changed."""
    methods = connector.capabilities.payment_methods
    return _claims(connector, **{k: replace(o, **changes) for k, o in methods.items() if when(k, o)})


@mutant("CAP-005", "odoo#227688: a method is tried in every currency, whatever is declared")
def every_method_takes_every_currency(connector, patch):
    right = type(connector)._refuse_undeclared

    def refuse(self, command):
        right(_offers(self, lambda kind, offer: offer.currencies, currencies=None), command)

    patch.setattr(type(connector), "_refuse_undeclared", refuse)


@mutant("CAP-005", "a method that is refused for its currency looks like one that nobody offers")
def a_foreign_currency_is_an_unknown_method(connector, patch):
    right = type(connector)._refuse_undeclared

    def refuse(self, command):
        try:
            right(self, command)
        except ConnectorError as error:
            error.error = replace(error.error, code=ErrorCode.INVALID_REQUEST)
            raise

    patch.setattr(type(connector), "_refuse_undeclared", refuse)


@mutant("CAP-010", "a method that works is left out of the claims, and nobody says why")
def a_method_is_left_out(connector, patch):
    last = list(connector.capabilities.payment_methods)[-1]
    return _claims(connector, **{last: None})


@mutant("CAP-010", "cards can be held, and only sales are claimed")
def holds_are_left_out(connector, patch):
    sales = frozenset({CaptureMethod.AUTOMATIC})
    return _offers(connector, lambda kind, offer: kind is PaymentMethodType.CARD, captures=sales)


@mutant("CAP-010", "cards can be kept for later, and no mandates are claimed")
def mandates_are_left_out(connector, patch):
    return _offers(connector, lambda kind, offer: kind is PaymentMethodType.CARD, mandates=False)


@mutant("CAP-010", "currencies that the gateway takes are left out of the claims, and nobody says why")
def currencies_are_left_out(connector, patch):
    few = connector.capabilities.currencies & {"EUR", "USD", "INR", "JPY"}
    return replace(connector, capabilities=replace(connector.capabilities, currencies=few))


@mutant("CAP-006", "what the gateway offers is called not offered, and holds no state back any more")
def what_is_offered_is_denied(connector, patch):
    claims, last = connector.capabilities, list(connector.capabilities.payment_methods)[-1]
    denied = replace(claims, not_offered={**claims.not_offered, last: "nobody asked for it"})
    return _claims(replace(connector, capabilities=denied), **{last: None})


@mutant("CAP-006", "what is claimed is also called not offered")
def what_is_claimed_is_denied(connector, patch):
    claims = connector.capabilities
    denied = {**claims.not_offered, "Authorize": "docs.example/none"}
    return replace(connector, capabilities=replace(claims, not_offered=denied))


@mutant("CAP-006", "something is called not offered, and nothing says where that is written")
def a_denial_has_no_source(connector, patch):
    claims = connector.capabilities
    denied = {**claims.not_offered, "partial void": " "}
    return replace(connector, capabilities=replace(claims, not_offered=denied))


@mutant("CAP-006", "a currency is claimed that the gateway does not take")
def a_currency_is_invented(connector, patch):
    claims = connector.capabilities
    return replace(connector, capabilities=replace(claims, currencies=claims.currencies | {"XAU"}))


@mutant("CAP-006", "a method is claimed that this gateway never had")
def a_method_is_invented(connector, patch):
    missing = [kind for kind in PaymentMethodType if kind not in connector.capabilities.payment_methods]
    return _claims(connector, **dict.fromkeys(missing, Offer()))


@mutant("CAP-001", "hyperswitch#8595: how to capture is passed on whatever is declared")
def capture_modes_are_not_looked_at(connector, patch):
    right = type(connector)._refuse_undeclared

    def refuse(self, command):
        right(_offers(self, lambda kind, offer: True, captures=frozenset(CaptureMethod)), command)

    patch.setattr(type(connector), "_refuse_undeclared", refuse)


@mutant("CAP-001", "a mandate is set up with whatever can be paid with")
def every_method_is_kept_for_later(connector, patch):
    right = type(connector)._refuse_undeclared

    def refuse(self, command):
        right(_offers(self, lambda kind, offer: True, mandates=True), command)

    patch.setattr(type(connector), "_refuse_undeclared", refuse)


@mutant("CAP-006", "a method that the gateway has given up is still promised")
def a_method_of_the_past_is_promised(connector, patch):
    gone = [kind for kind in PaymentMethodType if kind in connector.capabilities.not_offered]
    any_offer = next(iter(connector.capabilities.payment_methods.values()))
    return _claims(connector, **dict.fromkeys(gone, any_offer))


@mutant("CAP-006", "every method is promised with refunds, for most have them")
def every_method_promises_refunds(connector, patch):
    return _offers(connector, lambda kind, offer: True, refunds=True)


@mutant("CAP-006", "every method is promised for mandates, for cards have them")
def every_method_promises_mandates(connector, patch):
    return _offers(connector, lambda kind, offer: True, mandates=True)


@mutant("CAP-006", "every method is promised for manual capture, for cards have it")
def every_method_promises_holds(connector, patch):
    return _offers(connector, lambda kind, offer: True, captures=frozenset(CaptureMethod))


@mutant("CAP-008", "refunds that work are not claimed: nobody will ever give one")
def refunds_are_not_claimed(connector, patch):
    return _offers(connector, lambda kind, offer: offer.currencies, refunds=False)
