"""Ids and texts on their way into a request: pasted, cut, cleaned, or lost on the way."""

import html
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from runtime.core.messages import HttpRequest
from runtime.core.money import Money
from runtime.core.payments import Authorize
from runtime.core.secret import Secret
from tests.mutants.bank import mutant
from tests.mutants.tamper import tamper


def _segments(connector, patch, become):
    """Have ids become something else wherever the connector puts one into a path."""
    package = connector.config.__module__.rpartition(".")[0]
    for name, module in list(sys.modules.items()):
        if name.startswith(package) and hasattr(module, "path_segment"):
            patch.setattr(module, "path_segment", become)


def _texts(value, change):
    """The value with every text in it changed, however deep."""
    if isinstance(value, Secret):
        return Secret(change(value.reveal()))
    if isinstance(value, Mapping):
        return {name: _texts(inner, change) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type | Money):
        return replace(value, **{one.name: _texts(getattr(value, one.name), change) for one in fields(value)})
    return change(value) if isinstance(value, str) and not isinstance(value, Enum) else value


def _every_text(connector, change):
    return tamper(connector, *connector.flows, command=lambda command: _texts(command, change))


@mutant("SEC-006", "hyperswitch#8925: an id goes into the path as it came")
def ids_go_into_paths_as_they_came(connector, patch):
    _segments(connector, patch, lambda identity: identity)


@mutant("SEC-006", "hyperswitch#8925: what is left of an id once it is cleaned belongs to another payment")
def ids_are_cleaned(connector, patch):
    _segments(connector, patch, lambda identity: re.sub(r"[^A-Za-z0-9_]", "", identity))


@mutant("SEC-006", "hyperswitch#8925: an id ends where something else begins")
def ids_are_cut_short(connector, patch):
    _segments(connector, patch, lambda identity: re.match(r"\w*", identity)[0] or "none")


@mutant("SEC-006", "an id too long for a request line crashes the client")
def no_line_is_too_long(connector, patch):
    patch.setattr(HttpRequest, "can_be_sent", True)


@mutant("SEC-007", "odoo#15230: what ends a text in a body is not escaped")
def what_ends_a_text_is_not_escaped(connector, patch):
    def change(request):
        body = request.body
        for escaped, bare in {b"%5B": b"[", b"%5D": b"]", b"%26": b"&", b"%3D": b"=", b'\\"': b'"'}.items():
            body = body.replace(escaped, bare)
        return replace(request, body=body)

    return tamper(connector, *(flow for flow in connector.flows if flow is not Authorize), request=change)


@mutant("SEC-007", "odoo#15230: a reference with a line break in it begins another header")
def a_reference_goes_into_a_header(connector, patch):
    patch.setattr(HttpRequest, "can_be_sent", True)

    def exchange(context, command):
        def named(request):
            return replace(request, headers=(*request.headers, ("X-Reference", command.reference or "none")))

        return tamper(connector, Authorize, request=named).flows[Authorize](context, command)

    return replace(connector, flows={**connector.flows, Authorize: exchange})


@mutant("SEC-007", "active_merchant#5151: a long text is cut, and nobody says so")
def long_texts_are_cut(connector, patch):
    return _every_text(connector, lambda text: text[:500])


@mutant("SEC-007", "active_merchant#5151: signs that nobody can see are dropped")
def control_characters_are_dropped(connector, patch):
    return _every_text(connector, lambda text: re.sub(r"[\x00-\x08\x7f]", "", text))


@mutant("SEC-007", "active_merchant#5151: a text is made safe for pages, and names are wrong from then on")
def texts_are_escaped_as_if_for_a_page(connector, patch):
    return _every_text(connector, html.escape)


@mutant("SEC-007", "a text is a template, and what stands in braces is filled in")
def texts_are_templates(connector, patch):
    return _every_text(connector, lambda text: text.replace("{amount}", "10.00"))


@mutant("SEC-007", "active_merchant#5151: a text that was cut within a character crashes")
def half_a_character_crashes(connector, patch):
    patch.setattr("runtime.core.connector.is_unicode", lambda value: True)


@mutant("SEC-007", "active_merchant#5151: half a character becomes a question mark")
def half_a_character_becomes_a_question_mark(connector, patch):
    patch.setattr("runtime.core.connector.is_unicode", lambda value: True)
    return _every_text(connector, lambda text: text.encode(errors="replace").decode())


@mutant("SEC-007", "an address that is none is taken apart, and crashes", gateway="adyen")
def any_return_address_will_do(connector, patch):
    patch.setattr("runtime.core.connector.is_url", lambda text: True)
