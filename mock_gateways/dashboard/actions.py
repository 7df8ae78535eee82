"""What the buttons do: each form becomes one call of the control plane.

Bad input is left for the control plane to explain, so that a page and a call get the same words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Refusal, Request
from mock_gateways.dashboard.choices import PRESETS, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.control import Control

    Form = Mapping[str, str]


class Refused(Exception):
    """Nothing was done; the text says why, `status` is that of the control plane."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tenant's control plane: `path` is what stands after the tenant's id."""

    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A button: the call it makes, and what is said when that worked."""

    call: Callable[[Form], Call]
    done: str


def _number(text: str) -> int | str:
    """The whole number that was typed; other text stays as it is, and is refused by what takes numbers only."""
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else text


def _given(form: Form, *names: str, **numbers: str) -> dict[str, Any]:
    """The fields that were filled in; `numbers` maps the name on the wire to the name in the form."""
    texts = {name: form[name].strip() for name in names if form.get(name, "").strip()}
    return {**texts, **{name: _number(form[there]) for name, there in numbers.items() if form.get(there, "").strip()}}


def _decide(form: Form) -> Call:
    return Call("POST", f"approvals/{form.get('id', '')}", _given(form, "outcome"))


def _dispute(form: Form) -> Call:
    return Call("POST", "disputes", _given(form, "payment", "reason", amount="amount"))


def _redeliver(form: Form) -> Call:
    return Call("POST", f"outbox/{form.get('id', '')}/redeliver")


def _advance(form: Form) -> Call:
    if "seconds" in form:
        return Call("POST", "clock", _given(form, advance="seconds"))
    number = _number(form.get("number", ""))
    unit = UNITS.get(form.get("unit", "seconds"), 1)
    return Call("POST", "clock", {"advance": number * unit if isinstance(number, int) else number})


def _plan_fault(form: Form) -> Call:
    preset = PRESETS.get(form.get("fault", ""))
    effect = {} if preset is None else preset.effect
    return Call("POST", "faults", {**_given(form, "route", "card", nth="nth", times="times"), "effect": effect})


def _plain(method: str, path: str) -> Callable[[Form], Call]:
    return lambda _: Call(method, path)


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "decide": Action(_decide, "Decided."),
        "dispute": Action(_dispute, "Disputed."),
        "redeliver": Action(_redeliver, "Attempted again; the attempt stands in its history."),
        "flush": Action(_plain("POST", "outbox/flush"), "Every pending webhook was attempted."),
        "advance": Action(_advance, "Time moved, and what fell due has happened."),
        "plan-fault": Action(_plan_fault, "Planned."),
        "clear-faults": Action(_plain("DELETE", "faults"), "Nothing is planned any more."),
        "clear-requests": Action(_plain("DELETE", "journal"), "The journal is empty."),
        "reset": Action(_plain("POST", "reset"), "This tenant begins again as on its first call."),
    }
)


def carry_out(control: Control, tenant: str, action: Action, form: Form, origin: str) -> None:
    """Do what a button says; raises Refused."""
    call = action.call(form)
    ask(control, call.method, f"/_mock/tenants/{tenant}/{call.path}", call.body, origin)


def ask(control: Control, method: str, path: str, body: Mapping[str, Any], origin: str) -> Any:
    """What the control plane answers, as it would over HTTP; raises Refused unless that is a 200."""
    request = Request(method, path, "", {}, json.dumps(dict(body)).encode(), origin)
    try:
        reply = control.answer(request)
    except Refusal as refusal:
        reply = refusal.reply
    if reply.status == 200:
        return reply.document
    error = reply.document.get("error") if isinstance(reply.document, dict) else None
    if not isinstance(error, str):
        error = f"The gateway refused this: {reply.body().decode('utf-8', 'replace')}"
    raise Refused(error, reply.status)
