"""What several mutants change alike: amounts on their way in, statuses on their way out, errors into something else."""

from dataclasses import replace

from runtime.core.money import Money
from runtime.core.payments import ErrorInfo, PaymentOutcome, PSync
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RetryAdvice
from tests.mutants.tamper import set_header


def scaled(command, times, when):
    """The command with its amount multiplied, in the currencies that `when` says."""
    money = command.amount
    if not when(money.currency):
        return command
    return replace(command, amount=Money(int(money.minor * times), money.currency))


def becomes(wrong, when=lambda outcome: True):
    """Another status, of the outcomes that `when` says."""
    return lambda command, outcome: replace(outcome, status=wrong) if when(outcome) else outcome


def was(*statuses):
    return lambda outcome: outcome.status in statuses


def told(**changes):
    """The outcome with some of what it tells changed."""
    return lambda command, outcome: replace(outcome, **changes)


def excused(**changes):
    """The outcome with something changed in why it failed, if it did."""
    return lambda command, outcome: replace(outcome, error=outcome.error and replace(outcome.error, **changes))


def only(kind, answer):
    """Turn errors of a kind into something else, and raise the others again."""

    def change(command, error):
        if isinstance(error, kind):
            return answer(command, error)
        raise error

    return change


def failed(command, error):
    """A payment that failed, whatever the error was."""
    return PaymentOutcome(
        status=PaymentStatus.FAILURE, payment_id=error.transaction_id or "none", raw_status=None,
        error=error.error or ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER),
    )  # fmt: skip


def says(status):
    """A payment of that status, whatever the error was."""

    def change(command, error):
        return PaymentOutcome(status=status, payment_id=command.payment_id, raw_status=None)

    return change


def key(value):
    """The request under another idempotency key, whatever the gateway calls its header; None leaves it out."""

    def change(request):
        named = [name for name, _ in request.headers if "idempoten" in name.lower()]
        return set_header(request, named[0], value(request)) if named else request

    return change


def a_new_key_each_time():
    serial = iter(range(10**6))
    return key(lambda _: f"attempt-{next(serial)}")


def looked(connector, context, command):
    """What a gateway knows of a payment, read in place of what was to be done; where nothing can be read, its id."""
    if PSync in connector.flows:
        return (yield from connector.flows[PSync](context, PSync(request_id="x", payment_id=command.payment_id)))
    return PaymentOutcome(status=PaymentStatus.UNRESOLVED, payment_id=command.payment_id, raw_status=None)
