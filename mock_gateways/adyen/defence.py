"""DisputeService v30: which defences there are, the documents for them, and the decision to defend or to accept.

A call that cannot be carried out is answered with success false and a message. Sources: DisputeService v30 and its
examples; which reasons a scheme allows is published per scheme and is cut down to two here.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.disputes import UNDEFENDED, UNRESPONDED, accept, defend
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.requests import check
from mock_gateways.adyen.store import store_of
from mock_gateways.core.messages import Reply

if TYPE_CHECKING:
    from collections.abc import Collection

    from mock_gateways.adyen.store import Dispute
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

# Defence reasons, and what has to be or may be supplied for each.
_REASONS: dict[str, dict[str, str]] = {
    "SupplyDefenseMaterial": {"DefenseMaterial": "Required", "TIDorInvoice": "Optional"},
    "GoodsNotReturned": {"GoodsNotReturned": "Required", "TIDorInvoice": "Optional"},
}
_CODES = frozenset(code for kinds in _REASONS.values() for code in kinds)
_TYPES = frozenset({"application/pdf", "image/jpg", "image/jpeg", "image/tiff"})
_OPEN = frozenset({UNDEFENDED, UNRESPONDED})


class _Impossible(Exception):
    """What was asked cannot be done; the text is the reply's errorMessage."""


def _dispute(world: World, given: Document) -> Dispute:
    dispute = store_of(world).disputes.get(given["disputePspReference"])
    if dispute is None:
        raise _Impossible("There is no such dispute.")
    return dispute


def _open(world: World, given: Document) -> Dispute:
    dispute = _dispute(world, given)
    if dispute.status not in _OPEN or dispute.over or world.clock.now() >= dispute.ends_at:
        raise _Impossible(f"The dispute is {dispute.status} and can no longer be defended or accepted.")
    return dispute


def _known(code: str, known: Collection[str], what: str) -> None:
    if code not in known:
        raise _Impossible(f"{what}: {code[:64]}")


def _answer(problem: str = "", **more: Any) -> Reply:
    result: Document = {"success": not problem}
    if problem:
        result["errorMessage"] = problem
    return Reply(200, {**more, "disputeServiceResult": result})


def list_reasons(world: World, request: Request) -> Reply:
    given = check(world, request)
    try:
        supplied = _dispute(world, given).documents
    except _Impossible as problem:
        return _answer(str(problem))
    return _answer(defenseReasons=[_reason(name, supplied) for name in _REASONS])


def _reason(name: str, supplied: list[str]) -> Document:
    kinds = [
        {"available": code in supplied, "defenseDocumentTypeCode": code, "requirementLevel": level}
        for code, level in _REASONS[name].items()
    ]
    return {"defenseDocumentTypes": kinds, "defenseReasonCode": name, "satisfied": _satisfied(name, supplied)}


def _satisfied(name: str, supplied: list[str]) -> bool:
    return all(code in supplied for code, level in _REASONS[name].items() if level == "Required")


def _check_satisfied(name: str, dispute: Dispute) -> None:
    if not _satisfied(name, dispute.documents):
        raise _Impossible("A document that this defence reason requires was not supplied.")


def supply_documents(world: World, request: Request) -> Reply:
    given = check(world, request)
    codes = [_code(entry) for entry in given["defenseDocuments"]]
    try:
        dispute = _open(world, given)
        for code in codes:
            _known(code, _CODES, "There is no such document type")
    except _Impossible as problem:
        return _answer(str(problem))
    dispute.documents += [code for code in codes if code not in dispute.documents]
    return _answer()


def _code(entry: Any) -> str:
    """The type of a document whose form is right; its content is not kept."""
    fields = ("defenseDocumentTypeCode", "contentType", "content")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in fields):
        raise refuse("158", "Every document needs defenseDocumentTypeCode, contentType and content.")
    if entry["contentType"] not in _TYPES:
        raise refuse("702", "The type of the content must be PDF, JPEG or TIFF.")
    try:
        base64.b64decode(entry["content"].encode("ascii", "replace"), validate=True)
    except binascii.Error:
        raise refuse("702", "The content is not Base64.") from None
    return str(entry["defenseDocumentTypeCode"])


def delete_document(world: World, request: Request) -> Reply:
    given = check(world, request)
    try:
        dispute = _open(world, given)
        _known(given["defenseDocumentType"], dispute.documents, "No such document was supplied")
    except _Impossible as problem:
        return _answer(str(problem))
    dispute.documents.remove(given["defenseDocumentType"])
    return _answer()


def defend_dispute(world: World, request: Request) -> Reply:
    given = check(world, request)
    try:
        dispute = _open(world, given)
        _known(given["defenseReasonCode"], _REASONS, "This defence reason does not apply to the dispute")
        _check_satisfied(given["defenseReasonCode"], dispute)
    except _Impossible as problem:
        return _answer(str(problem))
    defend(world, dispute, request.origin)
    return _answer()


def accept_dispute(world: World, request: Request) -> Reply:
    given = check(world, request)
    try:
        dispute = _open(world, given)
    except _Impossible as problem:
        return _answer(str(problem))
    accept(dispute)
    return _answer()
