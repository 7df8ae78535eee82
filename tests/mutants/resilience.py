"""What a network, a proxy or a gateway does wrong, taken for an answer: in the flows beyond a plain payment."""

from dataclasses import replace

from runtime.core.errors import OutcomeUnknown, RateLimited, RequestRejected, Unavailable
from runtime.core.payments import (
    FLOWS,
    AcceptDispute,
    Authorize,
    Capture,
    ChargeMandate,
    DisputeOutcome,
    ErrorInfo,
    IncomingWebhook,
    PaymentOutcome,
    Refund,
    RefundOutcome,
    RSync,
)
from runtime.core.vocabulary import DisputeStatus, ErrorCode, PaymentStatus, RefundStatus, RetryAdvice
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, only, was
from tests.mutants.tamper import reading, tamper
from tests.mutants.webhooks import believing, events

ASKED = tuple(flow for flow in FLOWS if flow is not IncomingWebhook)
OTHERS = tuple(flow for flow in ASKED if flow is not Authorize)
REFUSED = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER)


def _lost(command, error):
    return DisputeOutcome(status=DisputeStatus.LOST, dispute_id=command.dispute_id, payment_id=None, raw_status=None)


@mutant("RES-010", "killbill#229: a dispute whose acceptance timed out is called lost")
def a_lost_answer_loses_the_dispute(connector, patch):
    return tamper(connector, AcceptDispute, error=only(OutcomeUnknown, _lost))


@mutant("RES-010", "hyperswitch#2148: what timed out has another id than was asked about")
def a_lost_answer_has_another_id(connector, patch):
    def change(command, error):
        error.transaction_id = command.request_id
        raise error

    return tamper(connector, AcceptDispute, Capture, error=only(OutcomeUnknown, change))


@mutant("RES-011", "Paybox-Direct-Plus#11: a charge whose answer was lost is made once more as another one")
def a_lost_charge_is_made_once_more(connector, patch):
    inner = connector.flows[ChargeMandate]

    def twice(context, command):
        try:
            return (yield from inner(context, command))
        except OutcomeUnknown:
            return (yield from inner(context, replace(command, request_id=f"{command.request_id}-again")))

    return replace(connector, flows={**connector.flows, ChargeMandate: twice})


def _insisting(flow):
    """The flow with every request that broke sent once more, as a transport does that was told to retry."""

    def exchange(context, command):
        inner = flow(context, command)
        try:
            step = next(inner)
            while True:
                try:
                    reply = yield step
                except Exception:  # noqa: BLE001 - whatever a transport throws in
                    try:
                        reply = yield step
                    except Exception as again:  # noqa: BLE001 - as above
                        step = inner.throw(again)
                        continue
                step = inner.send(reply)
        except StopIteration as done:
            return done.value

    return exchange


@mutant("RES-012", "active_merchant#2082: the transport sends a write again by itself")
def the_transport_sends_again(connector, patch):
    return replace(connector, flows={flow: _insisting(inner) for flow, inner in connector.flows.items()})


@mutant("RES-013", "hyperswitch#13180: a rate limit looks like a bad request")
def a_rate_limit_is_a_bad_request(connector, patch):
    def change(command, error):
        raise RequestRejected("too many", error=error.error, status=429)

    return tamper(connector, *OTHERS, error=only(RateLimited, change))


@mutant("RES-013", "active_merchant#459: nobody is told when to come back after a rate limit")
def when_to_come_back_is_lost(connector, patch):
    def change(command, error):
        error.retry_after = None
        raise error

    return tamper(connector, *OTHERS, error=only(RateLimited, change))


@mutant("RES-013", "a rate limit is told with the advice for the code that stands beside it")
def a_rate_limit_asks_for_other_data(connector, patch):
    def change(command, error):
        error.error = replace(error.error, retry=RetryAdvice.WITH_CORRECTED_DATA)
        raise error

    return tamper(connector, *OTHERS, error=only(RateLimited, change))


@mutant("RES-014", "killbill#341: a server error says that nothing was executed")
def a_server_error_is_a_refusal(connector, patch):
    def change(command, error):
        if error.status and error.status >= 500:
            raise RequestRejected("not executed", error=error.error, status=error.status)
        raise error

    return tamper(connector, *OTHERS, error=change)


@mutant("RES-015", "checkout-woocommerce-plugin#361: what was refused once stays refused under its request id")
def a_refusal_is_remembered(connector, patch):
    refused = {}

    def remembering(flow):
        def exchange(context, command):
            if command.request_id in refused:
                raise refused[command.request_id]
            try:
                return (yield from flow(context, command))
            except RateLimited as error:
                refused[command.request_id] = error
                raise

        return exchange

    return replace(connector, flows={flow: remembering(inner) for flow, inner in connector.flows.items()})


def _of_a_success(change):
    """Change what is made of a 2xx that cannot be read."""

    def changed(command, error):
        if error.status and 200 <= error.status < 300:
            return change(command, error)
        raise error

    return only(OutcomeUnknown, changed)


@mutant("RES-016", "active_merchant#3005: a 2xx that cannot be read is good enough")
def an_unreadable_acceptance_is_final(connector, patch):
    return tamper(connector, AcceptDispute, error=_of_a_success(_lost))


@mutant("RES-016", "hyperswitch#6846: a 2xx that cannot be read says that the request was wrong")
def an_unreadable_answer_is_a_refusal(connector, patch):
    def change(command, error):
        raise RequestRejected("unreadable", error=error.error, status=error.status)

    return tamper(connector, *OTHERS, error=_of_a_success(change))


@mutant("RES-017", "hyperswitch-prism#1835: a parser that takes no field it does not know")
def unknown_fields_crash(connector, patch):
    def change(response):
        if b'"assay_new"' in response.body:
            raise ValueError("unexpected field")
        return response

    return tamper(connector, *ASKED, response=change)


@mutant("RES-018", "hyperswitch#2148: a refund whose reply names no payment belongs to none")
def a_refund_without_its_payment_belongs_to_none(connector, patch):
    return reading(connector, Refund, RSync, change=_belongs_to_none)


def _belongs_to_none(reply, outcome):
    named = str(outcome.payment_id) in str(reply)
    return outcome if named else replace(outcome, payment_id=None)


@mutant("RES-018", "saleor#11661: a refund without what should be there is done all the same")
def half_a_refund_is_done(connector, patch):
    def done(command, error):
        told = {"refund_id": "unknown", "payment_id": command.payment_id, "raw_status": None}
        return RefundOutcome(status=RefundStatus.SUCCESS, **told)

    return tamper(connector, Refund, error=_of_a_success(done))


@mutant("RES-019", "hyperswitch#13256: a field of another type crashes")
def another_type_crashes(connector, patch):
    def change(command, error):
        if "_type" in str(error):
            raise TypeError("not of that type")
        raise error

    return tamper(connector, *OTHERS, error=change)


@mutant("RES-020", "active_merchant#2871: what is not called JSON is a refusal")
def what_is_not_called_json_is_refused(connector, patch):
    def change(response):
        if response.status < 300 and "json" not in (response.header("Content-Type") or "json"):
            raise RequestRejected("no JSON", error=REFUSED, status=response.status)
        return response

    return tamper(connector, *ASKED, response=change)


@mutant("RES-021", "stripe-java#1680: what our own clock finds too old or too new is not believed")
def our_own_clock_decides(connector, patch):
    first = []

    def timed(flow):
        def exchange(context, command):
            first.append(context.now)
            if abs(context.now - first[0]) > 60:
                raise OutcomeUnknown("too old", error=REFUSED)
            return (yield from flow(context, command))

        return exchange

    return replace(connector, flows={flow: timed(inner) for flow, inner in connector.flows.items()})


@mutant("RES-022", "hyperswitch#5298: what is told of another refund or payment is taken for this one's")
def another_answer_is_good_enough(connector, patch):
    def change(command, error):
        if "another" in str(error):
            told = {"payment_id": command.payment_id, "raw_status": None}
            if isinstance(command, Refund):
                return RefundOutcome(status=RefundStatus.SUCCESS, refund_id=None, **told)
            return PaymentOutcome(status=PaymentStatus.CHARGED, **told)
        raise error

    return tamper(connector, Capture, Refund, error=only(OutcomeUnknown, change))


@mutant("RES-023", "mollie/WooCommerce#165: a word nobody knows about a capture is good news")
def an_unknown_capture_is_done(connector, patch):
    return tamper(connector, Capture, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.UNRESOLVED)))


@mutant("RES-023", "hyperswitch-prism#1835: a word nobody knows about a refund crashes")
def an_unknown_refund_crashes(connector, patch):
    def change(command, outcome):
        if outcome.status is RefundStatus.UNRESOLVED:
            raise KeyError(outcome.raw_status)
        return outcome

    return tamper(connector, Refund, outcome=change)


@mutant("RES-024", "saleor#19220: what is heard of a payment before its reply came is ignored")
def only_known_payments_are_heard_of(connector, patch):
    known = set()

    def remember(command, outcome):
        known.add(outcome.payment_id)
        return outcome

    def forget(event):
        is_known = getattr(event.outcome, "payment_id", None) in known
        return event if is_known else replace(event, outcome=None)

    return believing(tamper(connector, Authorize, outcome=remember), events(forget))


@mutant("RES-026", "active_merchant#459: what the gateway asks not to repeat is repeated all the same")
def the_word_not_to_repeat_is_not_read(connector, patch):
    def later(command, error):
        error.error = error.error and replace(error.error, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, *ASKED, error=later)


@mutant("RES-026", "the word not to repeat is taken for a refusal: whatever was asked for did not happen")
def the_word_not_to_repeat_is_a_refusal(connector, patch):
    def refusal(command, error):
        if error.error and error.error.retry is RetryAdvice.NEVER and isinstance(error, OutcomeUnknown | Unavailable):
            raise RequestRejected("refused", error=error.error, transaction_id=error.transaction_id)
        raise error

    return tamper(connector, *ASKED, error=refusal)


def _numbered(connector, change):
    """Answers under another HTTP status, where `change` gives one."""
    other = lambda reply: replace(reply, status=change(reply.status) or reply.status)  # noqa: E731
    return tamper(connector, *ASKED, response=other)


@mutant("RES-027", "only a 200 is an answer: what was made, and said so by a 201, is unknown")
def a_201_is_no_answer(connector, patch):
    return _numbered(connector, lambda status: 500 if status == 201 else None)


@mutant("RES-027", "whatever is no error is an answer, and so is a 300")
def a_300_is_an_answer(connector, patch):
    return _numbered(connector, lambda status: 200 if status == 300 else None)
