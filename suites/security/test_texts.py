"""Whatever stands in a text of whatever command, it arrives as that text and as nothing else, or nothing is sent."""

from base64 import b64encode
from urllib.parse import unquote

from runtime.core.errors import CallerError, ConnectorError
from runtime.core.payments import Authorize
from suites.marks import requirement
from suites.texts import HOSTILE, lists, places, put, wire

PLAIN = "plain7"
SHOP = "https://shop.test/back?order="
# Ids may go on as something else: these have been seen to.
ELSEWHERE = [
    "{id}/cancel",
    "{id}?expand[]=customer",
    "{id}#x",
    "../{id}",
    "{id}%2f..%2fx",
    "{id}\r\nX-Key: v",
    "{id};x=1",
    "{id}" + 100_000 * "7",
]


def _is_id(place):
    return len(place) == 1 and place[0].endswith("_id") and place != ("request_id",)


def _forms(place):
    """What is put there, by name; a browser is sent to an address, so that a hostile one is tried as one too."""
    if not place[-1].endswith("_url"):
        return PLAIN, HOSTILE
    inside = {f"an address with {what}": SHOP + text for what, text in HOSTILE.items()}
    return SHOP + PLAIN, {**HOSTILE, **inside, "half an address": "https://["}


def _played(scene, command):
    """What came of a command, and every request that was sent for it, taken apart."""
    answer = scene.plays(command=command)
    try:
        return answer, [wire(exchange) for exchange in scene.sent()]
    except ValueError as problem:
        raise AssertionError(f"a body was no longer what its content type says: {problem}") from None


def _encoded(text):
    return b64encode(text.encode(errors="replace")).decode()


def _carriers(request, known):
    """The places at which a text was sent: as it is, or within something longer, or as base64."""
    return [place for place, value in request.items() if known in str(value) or _encoded(known) in str(value)]


def _differs(plain, other, known):
    """Where two requests differ although what was known did not stand there."""
    if plain.keys() != other.keys():
        return sorted(plain.keys() ^ other.keys())
    carriers = _carriers(plain, known)
    return [place for place in plain if plain[place] != other[place] and place not in carriers]


def _is_whole(plain, other, known, text):
    """Whether the other text stands wherever the known one stood: at each such place, or in pieces over all of them."""
    at = _carriers(plain, known)
    instead = [str(plain[place]).replace(known, text).replace(_encoded(known), _encoded(text)) for place in at]
    arrived = [str(other[place]) for place in at]
    as_it_is = all(told in (value, unquote(value)) for told, value in zip(instead, arrived, strict=True))
    return as_it_is or " ".join(arrived).split() == text.split()


def _judge(scene, command, place, known, what, text):
    plain_answer, plain = known[1]
    answer, sent = _played(scene, put(command, place, text))
    where = f"{'.'.join(place)} held {what}"
    if isinstance(answer, CallerError) and not isinstance(plain_answer, CallerError):
        assert not scene.wrote(), f"{where}: it was refused when half of it had been sent"
    is_told = sent or isinstance(answer, CallerError if plain else ConnectorError)  # journals keep what can be read
    assert is_told, f"{where}: nothing that can be read was sent, and it was {answer!r}"
    for before, after in zip(plain, sent, strict=False):  # one that is refused goes on no further
        # A request id is hashed, and stands in for what is not given: only the places can be compared.
        differing = set(before) ^ set(after) if place == ("request_id",) else _differs(before, after, known[0])
        assert not differing, f"{where}: {differing}"
        assert _is_whole(before, after, known[0], text), f"{where}: it did not arrive as it was"
        broken = [at for at, value in after.items() if at[0] in ("header", "path", "method") and _breaks(value)]
        assert not broken, f"{where}: a line was broken in {broken}"


def _breaks(value):
    return any(sign in str(value) for sign in "\r\n\x00")


def _commands(scene, merchant, certification):
    """The scene's own command, and for a payment one with every method that is claimed."""
    yield scene.command, list(places(scene.command))
    if isinstance(scene.command, Authorize):
        for kind in certification.connector.capabilities.payment_methods:
            command = merchant.repeats(scene.command, method=merchant.method(kind))
            yield command, [place for place in places(command) if place[0] == "method"]


@requirement("SEC-007")
def test_no_text_of_any_command_becomes_more_than_itself(scene, merchant, certification):
    for command, there in _commands(scene, merchant, certification):
        # The simulators' journals hold no security code, so that nothing can be told of one.
        for place in [place for place in there if not _is_id(place) and place[-1] != "cvc"]:
            plain, hostile = _forms(place)
            known = plain, _played(scene, put(command, place, plain))
            for what, text in hostile.items():
                _judge(scene, command, place, known, what, text)


def _is_within(place, name, request):
    """Whether a place is named so, or stands beside the name it was given."""
    beside = [value for other, value in request.items() if other[:-1] == place[:-1]]
    return any(name in part for part in place) or name in beside


@requirement("SEC-007")
def test_no_name_in_any_command_becomes_more_than_itself(scene):
    for field in lists(scene.command):
        _, usual = _played(scene, scene.command)
        own = sorted({place[1] for request in usual for place in request if place[0] == "body"})
        # What a browser brings back may be named like what a shop says.
        for name in [*HOSTILE.values(), *(own if field == "returned" else ())]:
            answer, sent = _played(scene, put(scene.command, (field, name), PLAIN))
            where = f"{field} held something called {name[:40]!r}"
            assert sent or isinstance(answer, ConnectorError), f"{where}: nothing was sent, and it was {answer!r}"
            assert not isinstance(answer, CallerError) or not scene.wrote(), f"{where}: half of it had been sent"
            for before, after in zip(usual, sent, strict=False):
                changed = [place for place in before if after.get(place) != before[place]]
                assert not changed, f"{where}: {changed}"
                more = [place for place in after.keys() - before.keys() if not _is_within(place, name, after)]
                assert not more, f"{where}: {more}"


@requirement("SEC-006")
def test_no_id_of_any_command_changes_where_a_request_goes(scene):
    for place in [place for place in places(scene.command) if _is_id(place)]:
        known = getattr(scene.command, place[0]) or "id_1"
        _, usual = _played(scene, put(scene.command, place, known))
        _, harmless = _played(scene, put(scene.command, place, PLAIN))  # what is the same with it does not name the id
        for form in [*ELSEWHERE, *HOSTILE.values()]:
            text = form.replace("{id}", known)
            answer, sent = _played(scene, put(scene.command, place, text))
            where = f"{'.'.join(place)} was {form[:40]!r}"
            assert not [one for one in sent if _line(one) not in map(_line, usual)], where
            whole = [
                one == other
                or (one not in harmless and not _differs(one, other, known) and _is_whole(one, other, known, text))
                for one, other in zip(usual, sent, strict=False)
            ]
            assert isinstance(answer, ConnectorError) or all(whole), f"{where}, and it was {answer!r}"
            astray = [one for one in sent if one in usual and one not in harmless]
            assert not astray, f"{where}, and it was taken for {known!r}"
            assert not isinstance(answer, CallerError) or not scene.wrote(), f"{where}: half of it had been sent"


def _line(request):
    """Where a request went: its method, and how deep its path is; what stands in it is the gateway's to refuse."""
    names = sorted(place[1] for place in request if place[0] in ("query", "header"))
    return request["method",], sum(place[0] == "path" for place in request), names
