"""The simulator takes the parameters that Stripe's own library of this version knows, field by field, and no others."""

from collections.abc import Mapping

import pytest
from stripe import params
from stripe.params import checkout

from mock_gateways.stripe.descriptions import describe
from mock_gateways.stripe.tables import METHOD_TYPES, METHODS

# The library's own types, by operation.
TYPES = {
    "PostPaymentIntents": (params, "PaymentIntentCreateParams"),
    "PostPaymentIntentsIntent": (params, "PaymentIntentUpdateParams"),
    "PostPaymentIntentsIntentConfirm": (params, "PaymentIntentConfirmParams"),
    "PostPaymentIntentsIntentVerifyMicrodeposits": (params, "PaymentIntentVerifyMicrodepositsParams"),
    "PostSetupIntents": (params, "SetupIntentCreateParams"),
    "PostSetupIntentsIntent": (params, "SetupIntentUpdateParams"),
    "PostSetupIntentsIntentConfirm": (params, "SetupIntentConfirmParams"),
    "PostSetupIntentsIntentCancel": (params, "SetupIntentCancelParams"),
    "PostSetupIntentsIntentVerifyMicrodeposits": (params, "SetupIntentVerifyMicrodepositsParams"),
    "GetSetupIntents": (params, "SetupIntentListParams"),
    "GetSetupAttempts": (params, "SetupAttemptListParams"),
    "PostDisputesDispute": (params, "DisputeUpdateParams"),
    "GetDisputes": (params, "DisputeListParams"),
    "PostDisputesDisputeClose": (params, "DisputeCloseParams"),
    "PostPaymentMethods": (params, "PaymentMethodCreateParams"),
    "PostCheckoutSessions": (checkout, "SessionCreateParams"),
    "GetCheckoutSessions": (checkout, "SessionListParams"),
    "PostRefunds": (params, "RefundCreateParams"),
}
# What every call of the library takes beside its parameters.
CALL = {
    *("api_key", "stripe_version", "stripe_account", "stripe_context"),
    *("max_network_retries", "idempotency_key", "content_type", "headers"),
}
OTHER_METHODS = METHOD_TYPES | {"card_present", "interac_present"}
# Where simulator and library differ, and why.
ONLY_THE_SIMULATOR = {
    "payment_method_types": "the older name, for requests that name an older version",
    "payment_method_data[card]": "for accounts that may send card data; the library types it on payment methods alone",
}
ONLY_THE_LIBRARY = {
    "custom": "methods of other processors, on the account of who owns them: none is published",
    "payment_method_options[demo_pay]": "a name of the library's that no list of methods has",
    "payment_method_options[card][restrictions]": "it filters which cards the page of Checkout takes: nobody types any",
}


def _named(kind, name):
    return kind + "".join(part.capitalize() for part in name.split("_"))


def _differences(module, kind, schema, path):
    """Pairs of what only the simulator and what only the library knows, at any depth that the library types."""
    fields = getattr(module, kind, None)
    if fields is None:
        return set(), set()
    known = fields.__annotations__.keys() - CALL
    mine = {f"{path}[{name}]" if path else name for name in schema.keys() - known}
    theirs = {f"{path}[{name}]" if path else name for name in known - schema.keys()}
    for name, inner in schema.items():
        nested = next((one for one in inner.get("anyOf", []) if one.get("properties")), None)
        if nested is not None and isinstance(nested, Mapping):
            where = f"{path}[{name}]" if path else name
            more = _differences(module, _named(kind, name), nested["properties"], where)
            mine, theirs = mine | more[0], theirs | more[1]
    return mine, theirs


def _is_of_another_method(path):
    holder, _, name = path.rpartition("[")
    name = name.rstrip("]") if holder else path
    simulated = name in METHODS and METHODS[name].course != "retired"
    return name in OTHER_METHODS and not simulated and holder in ("", "payment_method_data", "payment_method_options")


@pytest.mark.parametrize("operation", TYPES)
def test_an_operation_takes_what_the_library_can_send(operation):
    module, kind = TYPES[operation]
    mine, theirs = _differences(module, kind, describe().operations[operation].parameters["properties"], "")
    assert mine <= ONLY_THE_SIMULATOR.keys()
    left = {path for path in theirs if not _is_of_another_method(path)}
    assert left <= ONLY_THE_LIBRARY.keys()


def test_every_listed_difference_is_one():
    found = set()
    for operation, (module, kind) in TYPES.items():
        mine, theirs = _differences(module, kind, describe().operations[operation].parameters["properties"], "")
        found |= mine | theirs
    assert {*ONLY_THE_SIMULATOR, *ONLY_THE_LIBRARY} <= found
