"""Secrets that show, text and ids that are not quoted, and claims that do not hold."""

import logging
from dataclasses import replace

from runtime.core.errors import (
    OutcomeUnknown,
)
from runtime.core.payments import (
    Authorize,
    CompleteAuthorize,
    PaymentOutcome,
    PSync,
    StoredMethod,
)
from runtime.core.vocabulary import CaptureMethod, PaymentStatus
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
    def raw(context, command):
        inner = connector.flows[PSync](context, replace(command, payment_id="PLACE", amount=None))
        request = next(inner)
        try:
            inner.send((yield replace(request, url=request.url.replace("PLACE", command.payment_id))))
        except StopIteration as done:
            return done.value

    return replace(connector, flows={**connector.flows, PSync: raw})


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
