"""The gateway, played from contracts: a WSGI application without any network code.

Requests are taken in the recorded order. A request must hold all that the contract names; what it adds is noted. One
that fits nowhere is answered 599 with the difference to the nearest step, and so is noted; `unfinished` tells what was
left over. Ids are minted for every session and must come back as they were given.
"""

import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from contracts.bodies import encode
from contracts.format import Contract, HttpStep, WebhookStep
from contracts.matching import Difference, Matcher, readable
from contracts.messages import request_tree, response_tree, tree_of
from contracts.placeholders import Template, Values, fill, mint
from contracts.policy import load
from contracts.redact import Redactor
from contracts.scanner import KEY_PREFIXES
from contracts.signers import scheme_of, signed_return
from contracts.tape import Message, request_of
from contracts.values import card_values, patterns_of, starting_values

__all__ = ["Delivery", "Fault", "Replay", "Session"]

Answer = tuple[int, list[tuple[str, str]], bytes]
UNMATCHED = 599
_NO: tuple[list[Difference], Values] = ([Difference("value", "$.path", None, None)], {})


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook to send to the merchant. `variant` is "genuine", or says what is wrong with it."""

    step: str
    variant: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong on top of a recording, never stored: the nth request of a step meets it.

    `status` is answered instead; `after` says whether the step was taken all the same, as with a lost reply.
    """

    step: str
    status: int = 500
    nth: int = 1
    after: bool = False
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, repr=False)
class _Ready:
    """A contract, made ready once for all its sessions."""

    contract: Contract
    steps: list[HttpStep]
    matchers: list[Matcher]
    replies: list[Matcher]
    texts: list[Template | None]
    patterns: dict[str, str]
    cards: Values
    defaults: Values  # what stands in for secrets that no request has shown

    @classmethod
    def of(cls, contract: Contract) -> "_Ready":
        patterns = patterns_of(contract)
        steps = contract.http_steps
        matchers = [Matcher(request_tree(step.request), step.request.match, patterns) for step in steps]
        replies = [Matcher(response_tree(step.response), step.response.match, patterns) for step in steps]
        defaults = starting_values(contract, {}, {}, contract.id)
        texts = [_json_template(step) for step in steps]
        return cls(contract, steps, matchers, replies, texts, patterns, dict(card_values(contract)), defaults)

    def open_at(self, done: Iterable[int]) -> list[int]:
        """The steps that may come next: the first that is not done, and the others of its group."""
        taken = set(done)
        if len(taken) == len(self.steps):
            return []
        left = [place for place in range(len(self.steps)) if place not in taken]
        group = self.steps[left[0]].concurrent
        return [place for place in left if place == left[0] or (group and self.steps[place].concurrent == group)]


@dataclass(slots=True, repr=False)
class Session:
    """One walk through one contract."""

    ready: _Ready
    number: int
    values: Values
    done: list[int] = field(default_factory=list)
    added: list[Difference] = field(default_factory=list)
    polls: dict[int, int] = field(default_factory=dict)
    history: list[tuple[Mapping[str, Any], Answer]] = field(default_factory=list)

    @property
    def contract(self) -> Contract:
        return self.ready.contract

    @property
    def unfinished(self) -> list[str]:
        return [self.ready.steps[place].id for place in range(len(self.ready.steps)) if place not in self.done]


class Replay:
    """A WSGI application that answers as recorded. `given` are values of secrets; an unknown one may have any value."""

    def __init__(
        self,
        contracts: Iterable[Contract],
        *,
        given: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
        faults: Iterable[Fault] = (),
        seed: str = "0",
    ) -> None:
        self._ready = [_Ready.of(contract) for contract in contracts]
        self._given, self._now, self._seed = dict(given or {}), now, seed
        gateways = {ready.contract.gateway for ready in self._ready}
        self._keys = sorted({name for gateway in gateways for name in load(gateway).idempotency_headers})
        self._faults, self._met = list(faults), dict[int, int]()
        self._answers: dict[tuple[str, str, str], tuple[bytes, Answer]] = {}
        self.sessions: list[Session] = []
        secrets = {name: value for name, value in self._given.items() if name.startswith("secret.") and len(value) >= 6}
        self._redactor = Redactor(secrets, prefixes=KEY_PREFIXES)
        self.unmatched: deque[str] = deque(maxlen=100)

    # -- the gateway

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = self._answer(request_of(environ))
        start_response(f"{status} Replayed", [*headers, ("content-length", str(len(body)))])
        return [body]

    def _answer(self, message: Message) -> Answer:
        actual = tree_of(message)
        again = self._again(actual, message.body)
        if again:
            return again
        for session, place in self._candidates():
            matcher = session.ready.matchers[place]
            found, learned = matcher.compare(actual, session.values) if matcher.fits(actual, session.values) else _NO
            if not any(one.kind != "added" for one in found):
                session.values |= learned
                session.added += found
                return self._take(session, place, message, actual)
        return self._other_contract(message, actual) or self._unknown(actual, self._nearest(actual))

    def _nearest(self, actual: Mapping[str, Any]) -> str:
        """How the request differs from the open step that is most like it."""
        far: list[tuple[int, str]] = []
        for session, place in self._candidates():
            matcher, step = session.ready.matchers[place], session.ready.steps[place]
            found, _ = matcher.compare(actual, session.values)
            serious = [one for one in found if one.kind != "added"]
            distance = len(serious) + 10 * (not matcher.fits(actual, session.values))
            far.append((distance, f"{session.contract.id}, step {step.id}:\n{readable(serious)}"))
        return min(far)[1] if far else "  no contract expects another request"

    def _candidates(self) -> Iterable[tuple[Session, int]]:
        """The open steps of every session, the latest first; then the first steps of every contract."""
        for session in reversed(self.sessions):
            for place in session.ready.open_at(session.done):
                yield session, place
        for ready in self._ready:
            fresh = Session(ready, len(self.sessions), ready.cards | self._given)
            for place in ready.open_at(()):
                yield fresh, place

    def _other_contract(self, message: Message, actual: Mapping[str, Any]) -> Answer | None:
        """Two flows may begin alike: a session that cannot go on in one goes on in another that began as it did."""
        for session in reversed(self.sessions):
            for ready in self._ready:
                if ready is session.ready or not any(matcher.fits(actual, {}) for matcher in ready.matchers):
                    continue
                walked = self._walked(session, ready)
                if walked is None:
                    continue
                for place in ready.open_at(walked.done):
                    found, learned = ready.matchers[place].compare(actual, walked.values)
                    if not any(one.kind != "added" for one in found):
                        session.ready, session.done, session.values = ready, walked.done, walked.values | learned
                        return self._take(session, place, message, actual)
        return None

    def _walked(self, session: Session, ready: _Ready) -> Session | None:
        """What was said so far, as a walk through another contract; None where that would have answered otherwise."""
        walk = Session(ready, session.number, ready.cards | self._given)
        for actual, answer in session.history:
            reply = tree_of(Message(tuple(answer[1]), answer[2], status=answer[0]))
            for place in ready.open_at(walk.done):
                asked, learned = ready.matchers[place].compare(actual, walk.values)
                values = walk.values | learned
                told, minted = ready.replies[place].compare(reply, values)
                if not told and not any(one.kind != "added" for one in asked):
                    walk.values = values | minted
                    walk.done.append(place)
                    break
            else:
                return None
        return walk

    def _left(self, session: Session) -> list[str]:
        """What a session left out; nothing, where what was said is the whole of another flow."""
        if not session.unfinished:
            return []
        walks = (self._walked(session, ready) for ready in self._ready if ready is not session.ready)
        return [] if any(walk and not walk.unfinished for walk in walks) else session.unfinished

    def _again(self, actual: Mapping[str, Any], body: bytes) -> Answer | None:
        """The same answer to the same key; another request under it is a mistake of the merchant's."""
        key = _key_of(actual, self._keys)
        if key is None or key not in self._answers:
            return None
        sent, answer = self._answers[key]
        if sent == body:
            return answer
        return self._unknown(actual, "  $.body: another request was sent under this idempotency key")

    def _take(self, session: Session, place: int, message: Message, actual: Mapping[str, Any]) -> Answer:
        if session not in self.sessions:
            self.sessions.append(session)
        step = session.ready.steps[place]
        fault = self._fault(step.id)
        if fault and not fault.after:
            return fault.status, list(fault.headers), b""
        session.values["now"] = int(self._now())
        self._mint(session, step)
        answer = _reply(step, session.ready.texts[place], session.ready.defaults | session.values)
        answer = _come_back(session, answer) if step.actor == "browser" else answer
        if not self._polls_on(session, place, step):
            session.done.append(place)
        session.history.append((actual, answer))
        if key := _key_of(actual, self._keys):
            self._answers[key] = (message.body, answer)
        return (fault.status, list(fault.headers), b"") if fault else answer

    def _polls_on(self, session: Session, place: int, step: HttpStep) -> bool:
        """Whether a polled step waits for more of the same: it is answered as recorded, `max` times at most."""
        if step.repeat is None:
            return False
        session.polls[place] = session.polls.get(place, 0) + 1
        return session.polls[place] < step.repeat.max and place + 1 == len(session.ready.steps)

    def _mint(self, session: Session, step: HttpStep | WebhookStep) -> None:
        for name, capture in step.capture.items():
            if name not in session.values and capture.source == "response":
                seed = f"{self._seed}:{session.contract.id}:{session.number}:{name}"
                session.values[name] = mint(capture.pattern, seed, session.values)

    def _fault(self, step: str) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fault.step == step:
                self._met[place] = self._met.get(place, 0) + 1
                if self._met[place] == fault.nth:
                    return fault
        return None

    def _unknown(self, actual: Mapping[str, Any], why: str) -> Answer:
        # What a merchant sent by mistake may be a key or a card number: it is told without.
        text = self._redactor.text(f"{actual['method']} does not follow the recording\n{why}")
        self.unmatched.append(text)
        body = json.dumps({"replay": text}, ensure_ascii=False).encode()
        return UNMATCHED, [("content-type", "application/json")], body

    # -- what is left, and what it sends

    @property
    def unfinished(self) -> list[str]:
        """Steps that nobody asked for, of every session that was begun."""
        return [f"{session.contract.id}: {step}" for session in self.sessions for step in self._left(session)]

    @property
    def added(self) -> list[str]:
        """What requests held beyond the recording: no fault, but worth a look."""
        return [f"{session.contract.id}: {one.path}" for session in self.sessions for one in session.added]

    def check(self) -> None:
        """Raises AssertionError, with the differences, where a request was not expected or one did not come."""
        wrong = [*self.unmatched, *(f"{left}: was never asked for" for left in self.unfinished)]
        if wrong:
            raise AssertionError("\n".join(wrong))

    def deliveries(self, session: Session, secret: str, *, forged: bool = False) -> list[Delivery]:
        """The session's recorded webhooks that are due, signed now with `secret`; each with its forgeries if asked."""
        made: list[Delivery] = []
        reached = {session.ready.steps[place].id for place in session.done}
        for step in session.contract.webhook_steps:
            if set(step.after) <= reached:
                self._mint(session, step)
                made += self._signed(step, session, secret) if forged else self._signed(step, session, secret)[:1]
        return made

    def _signed(self, step: WebhookStep, session: Session, secret: str) -> list[Delivery]:
        now = int(self._now())
        body = _body(step.request, session.ready.defaults | session.values | {"now": now})
        headers = dict(step.request.headers)
        if step.signature is None:
            return [Delivery(step.id, "unsigned", tuple(headers.items()), body)]
        scheme = scheme_of(step.signature.scheme)
        sign = scheme.sign

        def made(variant: str, key: str, at: int, spoil: bool = False) -> Delivery:
            more, sent = sign(key, body, at)
            if spoil:
                sent = _spoilt(sent, lambda other: sign(key, other, at), (more, sent))
            return Delivery(step.id, variant, tuple((headers | more).items()), sent)

        genuine = made("genuine", secret, now)
        wrong = "".join("0" if char != "0" else "1" for char in secret) if _is_hex(secret) else f"{secret}x"
        forgeries = [
            made("wrong key", wrong, now),
            made("altered body", secret, now, spoil=True),
            Delivery(step.id, "unsigned", tuple(headers.items()), scheme.bare(body)),
            Delivery(step.id, "duplicate", genuine.headers, genuine.body),
        ]
        stale = made("stale", secret, now - 3_600)
        # A scheme without a time cannot tell an old delivery: there the fifth is one that is cut short.
        same = (stale.headers, stale.body) == (genuine.headers, genuine.body)
        fifth = Delivery(step.id, "truncated", genuine.headers, genuine.body[:-1]) if same else stale
        return [genuine, *forgeries, fifth]


def _key_of(actual: Mapping[str, Any], names: Iterable[str]) -> tuple[str, str, str] | None:
    key = next((actual["headers"][name] for name in names if name in actual["headers"]), None)
    return (actual["method"], actual["path"], key) if key and actual["method"] != "GET" else None


_BARE = re.compile(r'"(\{\{[^}"]+\|integer\}\})"')


def _json_template(step: HttpStep) -> Template | None:
    """A JSON body as one text with placeholders: it is written once, and only filled in for every session."""
    if step.response.body.kind != "json":
        return None
    return Template(_BARE.sub(r"\1", encode("json", step.response.body.content).decode()))


def _reply(step: HttpStep, written: Template | None, values: Values) -> Answer:
    headers = [(name, str(fill(value, values))) for name, value in step.response.headers.items()]
    body = written.written(values).encode() if written else _body(step.response, values)
    return step.response.status, headers, body


def _come_back(session: Session, answer: Answer) -> Answer:
    """A shopper's way back, signed with what the merchant authenticates with, where the gateway signs it."""
    policy = load(session.contract.gateway)
    secret = session.values.get(f"secret.{policy.return_secret}")
    if policy.return_scheme is None or secret is None:
        return answer
    scheme, (status, headers, body) = policy.return_scheme, answer
    return status, [(k, signed_return(scheme, secret, v) if k == "location" else v) for k, v in headers], body


def _body(message: Any, values: Values) -> bytes:
    return encode(message.body.kind, fill(message.body.content, values))


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and all(char in "0123456789abcdefABCDEF" for char in text)


def _spoilt(body: bytes, sign: Callable[[bytes], Any], signed: Any) -> bytes:
    """The body with one digit changed that its signature covers, which is how money is forged."""
    for place in reversed([at for at, char in enumerate(body) if chr(char).isdigit()]):
        digit = b"7" if body[place : place + 1] != b"7" else b"8"
        spoilt = body[:place] + digit + body[place + 1 :]
        headers, again = sign(spoilt)
        if again != spoilt or headers != signed[0]:
            return spoilt
    return body + b" "
