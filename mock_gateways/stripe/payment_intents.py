"""PaymentIntents: create, update, confirm, read. Source: docs.stripe.com/api/payment_intents and recorded replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import IllegalTransition, require
from mock_gateways.stripe import schemas
from mock_gateways.stripe.addresses import shipping_object
from mock_gateways.stripe.attempts import Conditions, attempt
from mock_gateways.stripe.errors import refuse, refuse_begun, refuse_unsimulated
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.intent_fields import (
    PLAIN,
    all_options,
    card_options,
    check_compatible,
    check_fits,
    intent_document,
    provide,
)
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_customer, find_intent
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.mandates import check_mandate, read_acceptance
from mock_gateways.stripe.money import check_amount, check_currency, exponent
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.payment_methods import make_method, refuse_retired, resolve_method
from mock_gateways.stripe.session_states import join_session
from mock_gateways.stripe.store import Intent, store_of
from mock_gateways.stripe.tables import API_VERSION, METHOD_TYPES, METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Refusal, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Method

# Once an attempt has ended an intent, or holds money, these can no longer change.
_WHILE_OPEN = frozenset(
    {
        "amount",
        "currency",
        "customer",
        "payment_method",
        "payment_method_data",
        "capture_method",
        "payment_method_options",
        "setup_future_usage",
        "payment_method_types",
        "allowed_payment_method_types",
    }
)
WITH_CONFIRM = ("error_on_requires_action", "mandate", "mandate_data", "off_session", "return_url", "use_stripe_sdk")
_NOT_SIMULATED = ("confirmation_token", "customer_account", "on_behalf_of", "transfer_data", "application_fee_amount")
_OFF_SESSION = {"true": True, "one_off": True, "recurring": True, "false": False}


def unexpected_state(intent: Intent, problem: IllegalTransition) -> Refusal:
    """Stripe's refusal of a step from the wrong state; the intent travels in the error, unchanged."""
    message = f"This PaymentIntent is {problem.state} and cannot {problem.step.value}; it can from: " + ", ".join(
        problem.allowed
    )
    return refuse_begun(message, code="payment_intent_unexpected_state", payment_intent=intent.document)


def create_intent(world: World, request: Request, *, session: str | None = None) -> Reply:
    """A new intent, perhaps confirmed at once; `session` is the Checkout session that it pays for."""
    given = check(request.parameters, schemas.INTENT_CREATE, ("amount", "currency"))
    refuse_unsimulated(given, _NOT_SIMULATED)
    currency = check_currency(given["currency"].lower())
    check_amount(given["amount"], currency, world.settings)
    confirm = given.get("confirm", False)
    for name in WITH_CONFIRM if not confirm else ():
        if name in given:
            raise refuse(f"{name} can only be given with confirm=true.", param=name)
    _check_customer(world, given)
    check_type_names(world, given)
    check_named_types(world, given, currency.code.lower())
    method = given_method(world, given)
    if confirm and method is None:
        message = "A PaymentIntent cannot be confirmed without a payment method."
        raise refuse_begun(message, code="payment_intent_unexpected_state")
    intent = Intent(intent_document(world, given), exponent(currency, world.settings), card_options(given))
    check_compatible(intent, method)
    document = intent.document
    store_of(world).intents.add(document["id"], document["created"], intent, {"customer": document["customer"]})
    world.ledger.open(world.clock.now(), document["id"], currency.code, intent.exponent)
    join_session(world, session, intent)
    if method is not None:
        provide(intent, method)
    emit(world, "payment_intent.created", document)
    if confirm and method is not None:
        _check_given_mandate(world, given, method)
        attempt(world, intent, method, _conditions(world, intent, given, request))
    return _reply(world, intent, given)


def _check_customer(world: World, given: Document) -> None:
    if "customer" in given:
        find_customer(world, given["customer"], in_path=False)


def check_type_names(world: World, given: Document) -> None:
    """This version calls it allowed_payment_method_types; a request that names an older version uses the old name."""
    named = next((name for name in ("allowed_payment_method_types", "payment_method_types") if name in given), None)
    asked = world.request.headers.get("stripe-version", API_VERSION) if world.request else API_VERSION
    older = asked[:10] < API_VERSION[:10] or setting(world, "accept_payment_method_types")
    if named == "payment_method_types" and not older:
        raise refuse(f"Received unknown parameter: {named}", param=named, code="parameter_unknown")
    automatic = given.get("automatic_payment_methods")
    if isinstance(automatic, dict) and automatic.get("enabled") and named:
        message = f"Give automatic_payment_methods or {named}, not both."
        raise refuse(message, param=named, code="parameters_exclusive")


def check_named_types(world: World, given: Document, currency: str) -> None:
    """Raises Refusal for a named type that the gateway has ended, or that does not fit currency or capture."""
    for param in ("allowed_payment_method_types", "payment_method_types"):
        for name in given.get(param) or ():
            if name not in METHOD_TYPES:
                raise refuse(f"{name[:50]} is no type of payment method.", param=param)
            refuse_retired(world, name, param)
            if name in METHODS:
                # With several types the shopper chooses: only what fits none of them is refused here.
                capture = given.get("capture_method", "automatic") if len(given[param]) == 1 else "automatic"
                check_fits(METHODS[name], currency, capture, param)


def given_method(world: World, given: Document) -> Method | None:
    """The method named or described in the parameters; raises Refusal when it is refused at the door."""
    if "payment_method" in given and "payment_method_data" in given:
        raise refuse("Give payment_method or payment_method_data, not both.", code="parameters_exclusive")
    if "payment_method" in given:
        return resolve_method(world, given["payment_method"], "payment_method")
    if isinstance(given.get("payment_method_data"), dict):
        return make_method(world, given["payment_method_data"], "payment_method_data")
    return None


def _conditions(world: World, intent: Intent, given: Document, request: Request) -> Conditions:
    off_session = _OFF_SESSION.get(given.get("off_session", "false"))
    if off_session is None:
        raise refuse("off_session must be true, false, one_off or recurring.", param="off_session")
    return_url = given.get("return_url")
    automatic = intent.document["automatic_payment_methods"] or {"allow_redirects": "never"}
    if setting(world, "return_url_required") and not return_url and automatic["allow_redirects"] != "never":
        raise refuse_begun("Methods that redirect are enabled: a return_url is needed.", param="return_url")
    error_on_action = given.get("error_on_requires_action", False)
    intent.acceptance = read_acceptance(given) or intent.acceptance
    return Conditions(off_session, error_on_action, return_url, request.origin)


def _check_given_mandate(world: World, given: Document, method: Method) -> None:
    if given.get("mandate"):
        check_mandate(world, given["mandate"], method)


def _reply(world: World, intent: Intent, given: Document) -> Reply:
    return Reply(200, expand(world, intent.document, given.get("expand", [])))


def update_intent(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.INTENT_UPDATE)
    intent = find_intent(world, request.ids["intent"])
    refuse_unsimulated(given, _NOT_SIMULATED)
    document = intent.document
    if _WHILE_OPEN & given.keys():
        try:
            require(PAYMENT_INTENT, document["status"], Step.UPDATE)
        except IllegalTransition as problem:
            raise unexpected_state(intent, problem) from problem
    _check_customer(world, given)
    check_type_names(world, given)
    method = given_method(world, given)
    _change_amount(world, intent, given)
    _change_fields(world, intent, given)
    check_compatible(intent, method)
    if method is not None:
        world.approvals.pop(document["id"], None)
        provide(intent, method)
    return _reply(world, intent, given)


def _change_amount(world: World, intent: Intent, given: Document) -> None:
    document = intent.document
    amount: int = given["amount"] if "amount" in given else document["amount"]
    code: str = (given["currency"] if "currency" in given else document["currency"]).lower()
    if (amount, code) == (document["amount"], document["currency"]):
        return
    currency = check_currency(code)
    check_amount(amount, currency, world.settings)
    if code != document["currency"]:
        intent.exponent = exponent(currency, world.settings)
        world.ledger.open(world.clock.now(), document["id"], currency.code, intent.exponent)
    document.update(amount=amount, currency=code)


def _change_fields(world: World, intent: Intent, given: Document) -> None:
    document = intent.document
    if given.get("customer", document["customer"]) != document["customer"]:
        _change_customer(world, document, given["customer"])
    for name in PLAIN:
        if name in given:
            document[name] = given[name] or None
    if "shipping" in given:
        document["shipping"] = shipping_object(given["shipping"])
    if "capture_method" in given:
        document["capture_method"] = given["capture_method"]
    _change_options(intent, given)
    merge_metadata(document, given)


def _change_customer(world: World, document: Document, customer: str) -> None:
    shelf = store_of(world).intents
    if document["customer"] is not None:
        shelf.unindex("customer", document["customer"], document["id"])
    shelf.index("customer", customer, document["id"], document["created"])


def _change_options(intent: Intent, given: Document) -> None:
    options = card_options(given)
    if options:
        intent.options.update(options)
    if given.get("payment_method_options"):
        before = intent.document["payment_method_options"]
        intent.document["payment_method_options"] = {**before, **all_options(intent.options, given)}
    if options.get("capture_method"):
        intent.document["capture_method"] = options["capture_method"]
    named = given.get("allowed_payment_method_types") or given.get("payment_method_types")
    if named:
        intent.document.update(payment_method_types=named, automatic_payment_methods=None)


def confirm_intent(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.INTENT_CONFIRM)
    intent = find_intent(world, request.ids["intent"])
    document = intent.document
    refuse_unsimulated(given, _NOT_SIMULATED)
    if given.get("amount_to_confirm", document["amount"]) != document["amount"]:
        raise refuse("amount_to_confirm is not the amount of the PaymentIntent.", param="amount_to_confirm")
    try:
        require(PAYMENT_INTENT, document["status"], Step.DECLINE)
    except IllegalTransition as problem:
        raise unexpected_state(intent, problem) from problem
    method = given_method(world, given) or _present_method(world, intent)
    check_compatible(intent, method)
    conditions = _conditions(world, intent, given, request)
    _change_fields(world, intent, given)
    world.approvals.pop(document["id"], None)
    _check_given_mandate(world, given, method)
    provide(intent, method)
    attempt(world, intent, method, conditions)
    return _reply(world, intent, given)


def _present_method(world: World, intent: Intent) -> Method:
    object_id: Any = intent.document["payment_method"]
    method = store_of(world).methods.get(object_id) if object_id else None
    if method is None:
        message = "A PaymentIntent cannot be confirmed without a payment method."
        raise refuse_begun(message, code="payment_intent_unexpected_state", payment_intent=intent.document)
    return method


def get_intent(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.INTENT_GET)
    return _reply(world, find_intent(world, request.ids["intent"]), given)


def list_intents(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.INTENT_LIST)
    where = ("customer", asked["customer"]) if "customer" in asked else None
    shelf = store_of(world).intents
    return list_reply(
        world, request, asked, Listing(shelf=shelf, render=lambda i: i.document, where=where, kind="payment_intent")
    )
