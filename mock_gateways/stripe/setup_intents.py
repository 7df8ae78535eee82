"""SetupIntents: create, update, confirm, verify, cancel, read. Source: docs.stripe.com/api/setup_intents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.core.transitions import IllegalTransition, move, require
from mock_gateways.stripe import later_schemas, schemas
from mock_gateways.stripe.errors import missing, refuse, refuse_begun, refuse_unsimulated
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_customer
from mock_gateways.stripe.machine import SETUP_INTENT, Step
from mock_gateways.stripe.mandates import read_acceptance
from mock_gateways.stripe.microdeposits import EXCEEDED, MISMATCH, MOST_TRIES, mismatch, read_proof
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.payment_intents import check_type_names, given_method
from mock_gateways.stripe.session_states import join_setup
from mock_gateways.stripe.setup_confirmations import attempt_setup, conclude_proof
from mock_gateways.stripe.setup_fields import setup_document, setup_options
from mock_gateways.stripe.store import Setup, store_of
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Refusal, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Method

WITH_CONFIRM = ("mandate_data", "return_url", "use_stripe_sdk")
_NOT_SIMULATED = (
    "confirmation_token",
    "customer_account",
    "on_behalf_of",
    "attach_to_self",
    "flow_directions",
    "single_use",
)


def create_setup(world: World, request: Request, *, session: str | None = None) -> Reply:
    """A new set-up, perhaps confirmed at once; `session` is the Checkout session that it is made for."""
    given = check(request.parameters, later_schemas.SETUP_CREATE)
    refuse_unsimulated(given, _NOT_SIMULATED)
    confirm = given.get("confirm", False)
    for name in WITH_CONFIRM if not confirm else ():
        if name in given:
            raise refuse(f"{name} can only be given with confirm=true.", param=name)
    _check_references(world, given)
    method = given_method(world, given)
    if confirm and method is None:
        message = "A SetupIntent cannot be confirmed without a payment method."
        raise refuse_begun(message, code="setup_intent_unexpected_state")
    setup = Setup(setup_document(world, given))
    document = setup.document
    if method is not None:
        _check_compatible(setup, method)
    store_of(world).setups.add(document["id"], document["created"], setup, {"customer": document["customer"]})
    if session is not None:
        join_setup(world, session, document)
    if method is not None:
        _provide(setup, method)
    emit(world, "setup_intent.created", document)
    if confirm and method is not None:
        _confirm(world, setup, method, given, request)
    return _reply(world, setup, given)


def _check_references(world: World, given: Document) -> None:
    if "customer" in given:
        find_customer(world, given["customer"], in_path=False)
    check_type_names(world, given)


def _check_compatible(setup: Setup, method: Method) -> None:
    """Raises Refusal for a method that is another customer's, or that cannot be charged later."""
    document, kind = setup.document, method.document["type"]
    if method.detached:
        raise refuse_begun("A detached payment method cannot be used again.", code="payment_method_unexpected_state")
    owner = method.document["customer"]
    if owner is not None and owner != document["customer"]:
        raise refuse_begun("The payment method belongs to another customer.", param="payment_method")
    listed = kind in document["payment_method_types"] or document["automatic_payment_methods"] is not None
    if not listed or not METHODS[kind].published.mandates:
        message = f"This SetupIntent does not take payment methods of type {kind}."
        raise refuse_begun(message, code="setup_intent_invalid_parameter", param="payment_method")


def _provide(setup: Setup, method: Method) -> None:
    move(SETUP_INTENT, setup.document, Step.PROVIDE)
    setup.document.update(payment_method=method.document["id"], next_action=None)


def _confirm(world: World, setup: Setup, method: Method, given: Document, request: Request) -> None:
    setup.acceptance = read_acceptance(given) or setup.acceptance
    setup.return_url = given.get("return_url") or setup.return_url
    attempt_setup(world, setup, method, request.origin)


def _reply(world: World, setup: Setup, given: Document) -> Reply:
    return Reply(200, expand(world, setup.document, given.get("expand", [])))


def find_setup(world: World, object_id: str) -> Setup:
    setup = store_of(world).setups.get(object_id)
    if setup is None:
        raise missing("setupintent", object_id, "intent", in_path=True)
    return setup


def unexpected_state(setup: Setup, problem: IllegalTransition) -> Refusal:
    """Stripe's refusal of a step from the wrong state; the intent travels in the error, unchanged."""
    allowed = ", ".join(problem.allowed)
    message = f"This SetupIntent is {problem.state} and cannot {problem.step.value}; it can from: {allowed}"
    return refuse_begun(message, code="setup_intent_unexpected_state", setup_intent=setup.document)


def _require(setup: Setup, step: Step) -> None:
    try:
        require(SETUP_INTENT, setup.document["status"], step)
    except IllegalTransition as problem:
        raise unexpected_state(setup, problem) from problem


def update_setup(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.SETUP_UPDATE)
    setup = find_setup(world, request.ids["intent"])
    refuse_unsimulated(given, _NOT_SIMULATED)
    if given.keys() - {"metadata", "description", "expand"}:
        _require(setup, Step.UPDATE)
    _check_references(world, given)
    method = given_method(world, given)
    _change(world, setup, given)
    if method is not None:
        _check_compatible(setup, method)
        world.approvals.pop(setup.document["id"], None)
        _provide(setup, method)
    return _reply(world, setup, given)


def _change(world: World, setup: Setup, given: Document) -> None:
    document = setup.document
    if given.get("customer", document["customer"]) != document["customer"]:
        shelf = store_of(world).setups
        if document["customer"] is not None:
            shelf.unindex("customer", document["customer"], document["id"])
        shelf.index("customer", given["customer"], document["id"], document["created"])
        document["customer"] = given["customer"]
    if "description" in given:
        document["description"] = given["description"] or None
    if given.get("payment_method_options"):
        document["payment_method_options"] = {**document["payment_method_options"], **setup_options(given)}
    named = given.get("allowed_payment_method_types") or given.get("payment_method_types")
    if named:
        document.update(payment_method_types=named, automatic_payment_methods=None)
    merge_metadata(document, given)


def confirm_setup(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.SETUP_CONFIRM)
    setup = find_setup(world, request.ids["intent"])
    refuse_unsimulated(given, _NOT_SIMULATED)
    _require(setup, Step.DECLINE)
    _check_references(world, given)
    method = given_method(world, given) or store_of(world).methods.get(setup.document["payment_method"] or "")
    if method is None:
        message = "A SetupIntent cannot be confirmed without a payment method."
        raise refuse_begun(message, code="setup_intent_unexpected_state", setup_intent=setup.document)
    _change(world, setup, given)
    _check_compatible(setup, method)
    world.approvals.pop(setup.document["id"], None)
    _provide(setup, method)
    _confirm(world, setup, method, given, request)
    return _reply(world, setup, given)


def verify_setup(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.VERIFY)
    setup = find_setup(world, request.ids["intent"])
    document = setup.document
    waiting = world.approvals.get(document["id"])
    method = store_of(world).methods.get(setup.pending_method or "")
    if waiting is None or waiting.kind != "microdeposits" or method is None:
        raise unexpected_state(setup, IllegalTransition(Step.SETTLE, document["status"], ["requires_action"]))
    proof = read_proof(given)
    if proof == MISMATCH:
        setup.tries += 1
        if setup.tries < MOST_TRIES:
            raise mismatch(given)
        proof = EXCEEDED
    del world.approvals[document["id"]]
    conclude_proof(world, setup, method, proof)
    return _reply(world, setup, given)


def cancel_setup(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.SETUP_CANCEL)
    setup = find_setup(world, request.ids["intent"])
    _require(setup, Step.CANCEL)
    document = setup.document
    move(SETUP_INTENT, document, Step.CANCEL)
    document.update(cancellation_reason=given.get("cancellation_reason"), next_action=None)
    setup.pending_method = None
    world.approvals.pop(document["id"], None)
    emit(world, "setup_intent.canceled", document)
    return _reply(world, setup, given)


def get_setup(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.INTENT_GET)
    return _reply(world, find_setup(world, request.ids["intent"]), given)


def list_setups(world: World, request: Request) -> Reply:
    asked = check(request.parameters, later_schemas.SETUP_LIST)
    listing = Listing(
        shelf=store_of(world).setups,
        render=lambda setup: setup.document,
        filters=("customer", "payment_method"),
        kind="setup_intent",
    )
    return list_reply(world, request, asked, listing)


def list_attempts(world: World, request: Request) -> Reply:
    asked = check(request.parameters, later_schemas.ATTEMPT_LIST, ("setup_intent",))
    where = ("setup_intent", asked["setup_intent"])
    listing = Listing(shelf=store_of(world).setup_attempts, render=dict, where=where, kind="setup_attempt")
    return list_reply(world, request, asked, listing)
