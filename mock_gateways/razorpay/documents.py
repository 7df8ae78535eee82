"""Documents that serve as evidence; their content is not kept. Source: razorpay.com/docs/api/documents."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.lookup import find_document
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_TYPES = {"pdf": "application/pdf", "png": "image/png"}


def read_multipart(request: Request) -> Document:
    """The fields of a multipart body; a file is shown as its name.

    Raises Refusal for a body that is none.
    """
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        raise refuse("The body is not multipart/form-data.")
    fields: Document = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise refuse("A part of the body has no name.")
        fields[name] = part.get_filename() or content.decode("utf-8", "replace")
    return fields


def create_document(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.DOCUMENT_CREATE, ("file", "purpose"))
    name = given["file"]
    document: Document = {
        "id": world.ids.new("doc_", 14),
        "entity": "document",
        "purpose": given["purpose"],
        "name": name,
        "mime_type": _TYPES.get(name.lower().rpartition(".")[2], "image/jpeg"),
        "size": len(request.body),
        "created_at": world.clock.now(),
    }
    store_of(world).documents.add(document["id"], document["created_at"], document, {})
    return Reply(200, document)


def get_document(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    return Reply(200, find_document(world, request.ids["doc_id"]))
