"""What shopper or merchant gave and the gateway never got, or whose absence nobody thought of."""

from dataclasses import fields, replace

from runtime.core.methods import Address, Shopper
from runtime.core.payments import Authorize, SetupMandate, SubmitEvidence
from tests.mutants.bank import mutant
from tests.mutants.tamper import tamper


def _without(*names):
    """The method that pays, without these, where it has them."""

    def change(command):
        method = command.method
        lost = {one.name: None for one in fields(method) if one.name in names}
        return replace(command, method=replace(method, **lost))

    return change


@mutant("LIF-038", "the name of the holder is never sent")
def the_holder_is_never_sent(connector, patch):
    return tamper(connector, Authorize, command=_without("holder"))


@mutant("LIF-038", "the code on a card is never sent, and its bank decides without it")
def the_code_is_never_sent(connector, patch):
    return tamper(connector, Authorize, command=_without("cvc"))


@mutant("LIF-038", "the shopper's mail address is never sent")
def the_mail_address_is_lost(connector, patch):
    return tamper(connector, Authorize, command=lambda c: replace(c, shopper=replace(c.shopper, email=None)))


@mutant("LIF-038", "a telephone number is sent without its country")
def a_telephone_number_loses_its_country(connector, patch):
    change = lambda c: replace(c, shopper=replace(c.shopper, phone=(c.shopper.phone or "")[3:]))  # noqa: E731
    return tamper(connector, Authorize, command=change)


def _crashes(needs):
    """A connector that takes for granted what a shopper need not have given."""

    def change(command):
        needs(command.shopper)
        return command

    return change


@mutant("LIF-039", "a shopper without an address crashes the checkout")
def no_address_is_a_crash(connector, patch):
    return tamper(connector, Authorize, command=_crashes(lambda shopper: shopper.address.country))


@mutant("LIF-039", "a shopper who pays by telephone has no browser, and crashes the checkout")
def no_browser_is_a_crash(connector, patch):
    return tamper(connector, Authorize, command=_crashes(lambda shopper: shopper.browser.user_agent))


@mutant("LIF-039", "a shopper without a name crashes the mandate")
def no_name_is_a_crash_of_a_mandate(connector, patch):
    return tamper(connector, SetupMandate, command=_crashes(lambda shopper: shopper.name.split()))


@mutant("LIF-039", "what a shopper did not give is made up, so that the gateway takes it: of another amount")
def what_is_not_known_costs_more(connector, patch):
    at = Address(line1="1 Street", city="City", postal_code="1", country="US", region="NY")
    made = Shopper(name="N. N.", email="n@shop.test", phone="+919900000000", address=at)

    def made_up(command):
        if command.shopper.name:
            return command
        dearer = replace(command.amount, minor=command.amount.minor * 2)
        return replace(command, amount=dearer, shopper=made)

    return tamper(connector, Authorize, command=made_up)


@mutant("LIF-040", "a dispute is answered, and the evidence is left behind")
def evidence_is_left_behind(connector, patch):
    return tamper(connector, SubmitEvidence, command=lambda c: replace(c, evidence={}))


@mutant("LIF-040", "evidence is cut to what a column holds")
def evidence_is_cut(connector, patch):
    short = lambda c: replace(c, evidence={name: text[:7] for name, text in c.evidence.items()})  # noqa: E731
    return tamper(connector, SubmitEvidence, command=short)


def _needs_a_number(command):
    """A connector that takes the merchant's number for granted."""
    if hasattr(command, "reference") and not command.reference.strip():
        raise ValueError("empty")
    return command


@mutant("LIF-042", "an order without the merchant's own number crashes the checkout")
def no_number_is_a_crash(connector, patch):
    return tamper(connector, Authorize, command=_needs_a_number)
