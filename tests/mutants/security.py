"""Ids and texts pasted, cut or cleaned on their way into a request; replies followed, and read without end."""

import html
import json
import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import wraps
from urllib.parse import urlencode, urljoin, urlsplit

from runtime.core.errors import InvalidConfiguration, RequestRejected, WebhookRejected
from runtime.core.messages import HttpRequest, TransportError
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    CompleteAuthorize,
    CreateSessionToken,
    ErrorInfo,
    IncomingWebhook,
    Refund,
    RevokeMandate,
    SetupMandate,
    SubmitEvidence,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, RetryAdvice
from suites import profiles
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


@mutant("SEC-007", "rails/rails#5228: whatever a browser brings is a field of the request")
def what_a_browser_brings_goes_into_the_request(connector, patch):
    def exchange(context, command):
        def more(request):
            if request.body.startswith(b"{"):
                return replace(request, body=json.dumps({**json.loads(request.body), **command.returned}).encode())
            mark = "&" if "?" in request.url else "?"
            return replace(request, url=f"{request.url}{mark}{urlencode(command.returned)}")

        return tamper(connector, CompleteAuthorize, request=more).flows[CompleteAuthorize](context, command)

    return replace(connector, flows={**connector.flows, CompleteAuthorize: exchange})


@mutant("SEC-007", "names of evidence are made safe for pages, and name something else from then on")
def names_are_escaped_as_if_for_a_page(connector, patch):
    def change(command):
        return replace(command, evidence={html.escape(name): text for name, text in command.evidence.items()})

    return tamper(connector, SubmitEvidence, command=change)


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


def _redirected(connector, follow):
    """Have every redirect met by what `follow(request, response)` does: an exchange that returns a response."""

    def wandering(flow):
        def exchange(context, command):
            inner = flow(context, command)
            request = next(inner)
            try:
                while True:
                    try:
                        response = yield request
                        if 300 <= response.status < 400:
                            response = yield from follow(request, response)
                    except TransportError as error:
                        request = inner.throw(error)
                    else:
                        request = inner.send(response)
            except StopIteration as done:
                return done.value

        return exchange

    flows = {flow: wandering(inner) for flow, inner in connector.flows.items() if flow is not IncomingWebhook}
    return replace(connector, flows={**connector.flows, **flows})


@mutant("SEC-008", "requests CVE-2018-18074: a redirect is followed, and the key goes along")
def redirects_are_followed(connector, patch):
    def follow(request, response):
        return (yield replace(request, url=urljoin(request.url, response.header("Location"))))

    return _redirected(connector, follow)


@mutant("SEC-008", "a redirect is followed on the same host, to whatever path")
def redirects_are_followed_on_the_same_host(connector, patch):
    def follow(request, response):
        url = urljoin(request.url, response.header("Location"))
        if urlsplit(url).netloc != urlsplit(request.url).netloc:
            return response
        return (yield replace(request, url=url))

    return _redirected(connector, follow)


@mutant("SEC-008", "a redirect says that the request was wrong, and nothing can have moved")
def a_redirect_is_a_refusal(connector, patch):
    def follow(request, response):
        yield from ()
        info = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)
        raise RequestRejected("redirected", status=response.status, error=info)

    return _redirected(connector, follow)


@mutant("SEC-009", "a reply is read to its end, wherever that is")
def replies_are_read_without_end(connector, patch):
    patch.setattr("runtime.client.MAX_REPLY_BYTES", 2**40)


def _reading(patch, spoil):
    """Have what reads every body do something else first."""
    package = "runtime.connectors."
    for name, module in list(sys.modules.items()):
        if name.startswith(package) and (reads := getattr(module, "read_json", None)):
            patch.setattr(module, "read_json", lambda model, body, reads=reads: reads(model, spoil(body)))


@mutant("SEC-010", "a reader that goes down into everything crashes")
def nesting_crashes(connector, patch):
    def spoil(body):
        with suppress(json.JSONDecodeError):
            json.loads(body)
        return body

    _reading(patch, spoil)


@mutant("SEC-010", "what is nested without end is taken for nothing at all")
def nesting_is_a_refusal(connector, patch):
    def change(command, error):
        if "recursion" in str(error) or "json_invalid" in str(error):
            info = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)
            raise RequestRejected("unreadable", error=info)
        raise error

    return tamper(connector, *connector.flows, error=change)


_OTHERS = (SetupMandate, Capture, Refund, RevokeMandate, CreateSessionToken)


def _sent(connector, tell):
    """Tell of every request that the flows send, beside Authorize, which has requirements of its own."""

    def change(request):
        tell(request)
        return request

    return tamper(connector, *_OTHERS, request=change)


@mutant("SEC-011", "active_merchant#2708: the request stands in the exception")
def the_request_is_in_the_exception(connector, patch):
    last = []

    def change(command, error):
        raise type(error)(f"{error}: {last[-1].headers}", error=error.error, transaction_id=error.transaction_id)

    return tamper(_sent(connector, last.append), *_OTHERS, error=change)


@mutant("SEC-011", "a gateway's own words stand in the exception, and it repeats what it was sent")
def what_the_gateway_says_is_in_the_exception(connector, patch):
    def change(command, error):
        told = error.error.message if error.error else None
        raise type(error)(f"{error}: {told}", error=error.error, transaction_id=error.transaction_id)

    return tamper(connector, *_OTHERS, error=change)


@mutant("SEC-011", "active_merchant#2392: the headers of every request are logged")
def headers_are_logged(connector, patch):
    return _sent(connector, lambda request: logging.getLogger("connector").debug("headers %s", request.headers))


@mutant("SEC-012", "a rejected delivery is explained with the signature that was expected")
def the_expected_signature_is_told(connector, patch):
    expected = []
    inner = connector.flows[IncomingWebhook]
    package = connector.config.__module__.rpartition(".")[0]
    for name, module in list(sys.modules.items()):
        for scheme in ("hmac_sha256_hex", "hmac_sha256_base64"):
            if name.startswith(package) and (signs := getattr(module, scheme, None)):

                def keep(key, message, signs=signs):
                    expected.append(signs(key, message))
                    return expected[-1]

                patch.setattr(module, scheme, keep)

    def exchange(context, command):
        try:
            return (yield from inner(context, command))
        except WebhookRejected as error:
            raise WebhookRejected(f"{error}: expected {expected}", error=error.error) from None

    return replace(connector, flows={**connector.flows, IncomingWebhook: exchange})


def _addressed(connector, change):
    """Requests that go elsewhere where nobody set an address; what the suite sets is left alone."""

    def moved(request):
        return request if request.url.startswith("https://gateway.test") else replace(request, url=change(request.url))

    return tamper(connector, *connector.flows, request=moved)


@mutant("SEC-013", "with no address set, requests go out in clear")
def requests_go_out_in_clear(connector, patch):
    return _addressed(connector, lambda url: url.replace("https://", "http://", 1))


@mutant("SEC-013", "with no address set, requests go to a host that somebody else may have")
def requests_go_to_a_host_of_somebody_else(connector, patch):
    return _addressed(connector, lambda url: url.replace("https://", "https://sandbox.", 1))


def _configured(connector, refused):
    """Settings that the connector refuses, taken in another way: `refused(error, settings)`."""

    @wraps(connector.config)
    def config(**settings):
        try:
            return connector.config(**settings)
        except InvalidConfiguration as error:
            return refused(error, settings)

    return replace(connector, config=config)


@mutant("SEC-014", "a setting that cannot work is found out by the first payment")
def settings_are_not_checked(connector, patch):
    return _configured(connector, lambda error, settings: settings)


@mutant("SEC-014", "AuthorizeNet/sdk-php#48: a key that was pasted with a line too much is printed where it is refused")
def a_refused_setting_is_printed(connector, patch):
    def printed(error, settings):
        raise InvalidConfiguration(f"one of these cannot work: {settings}") from None

    return _configured(connector, printed)


@mutant("SEC-014", "something is wrong with a configuration, and nobody says what")
def a_refused_setting_has_no_name(connector, patch):
    def nameless(error, settings):
        raise InvalidConfiguration("the configuration is invalid") from None

    return _configured(connector, nameless)


@mutant("SEC-014", "what the gateway refuses is taken for a setting, and every payment fails")
def settings_have_no_ends(connector, patch):
    usual = profiles.find(connector.gateway).config.keys()

    def taken(error, settings):
        if settings.keys() - usual:
            return settings
        raise error

    return _configured(connector, taken)


def _without_signature(connector, believed):
    """A return that is believed goes on as if it had never been signed: `believed(command)`."""
    signing = profiles.find(connector.gateway).signed_return

    def change(command):
        unsigned = {name: text for name, text in command.returned.items() if name not in signing}
        return replace(command, returned=unsigned) if believed(command) else command

    return tamper(connector, CompleteAuthorize, command=change)


@mutant("SEC-015", "the signature of a return is not looked at, for the payment is read in any case")
def a_signed_return_is_not_verified(connector, patch):
    return _without_signature(connector, lambda command: True)


@mutant("SEC-015", "a return that is signed for another payment is as good")
def a_return_of_another_payment_is_as_good(connector, patch):
    return _without_signature(connector, lambda command: command.payment_id not in command.returned.values())
