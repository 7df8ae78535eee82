"""A reply that is not what the gateway documents tells less, or nothing; it never tells something else."""

import json

from runtime.core.errors import CallerError, ConnectorError
from suites.marks import requirement
from suites.scenes import contradicts

# How bodies have been seen to arrive: whatever should have come, or made of that.
FORMS = {
    "nothing": "",
    "white space": " \r\n",
    "its first half": lambda body: body[: len(body) // 2],
    "all but its end": lambda body: body[:-1],
    "a page": "<!doctype html><title>200 OK</title>",
    "null": "null",
    "an empty object": "{}",
    "an empty list": "[]",
    "one in a list": lambda body: f"[{body}]",
    "one in an object": lambda body: f'{{"data": {body or "null"}}}',
    "a string of it": json.dumps,
    "one after a byte order mark": lambda body: "\ufeff" + body,
    "it twice": lambda body: body + body,
    "no numbers": '{"amount": NaN, "value": Infinity}',
    "one before a NUL": lambda body: body + "\x00",
}
ABOUT = ("payment_id", "refund_id", "dispute_id", "mandate_id", "customer_id")
KINDS = ("text/html", "text/plain; charset=utf-16", "application/octet-stream")


def _objects(value, path=""):
    """The paths of every object in a JSON value, with a dot after each."""
    if isinstance(value, dict):
        yield path
        for name, inner in value.items():
            if "." not in name:
                yield from _objects(inner, f"{path}{name}.")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _objects(inner, f"{path}{index}.")


def _tells_no_more(scene, answer, where):
    wrong = contradicts(answer, scene.clean)
    assert not wrong, f"{where}: {wrong}"
    if isinstance(answer, ConnectorError):
        before_it = isinstance(answer, CallerError) and not scene.wrote()  # what was read first makes no sense
        assert before_it or scene.is_unanswered(answer), f"{where}: {answer!r}"


@requirement("RES-016")
def test_a_body_in_another_form_is_no_answer(scene):
    for step in scene.steps:
        for form, made in FORMS.items():
            answer = scene.doctored(made(scene.body(step)) if callable(made) else made, step=step)
            _tells_no_more(scene, answer, f"the reply to request {step} was {form}")


@requirement("RES-017")
def test_fields_nobody_knows_change_nothing(scene):
    extra = {"assay_new": {"status": "failed", "amount": 1}}
    for step in scene.steps:
        more = {f"{path}{name}": value for path in _objects(scene.reply(step)) for name, value in extra.items()}
        answer = scene.plays({"override": more}, step=step) if scene.body(step) else scene.clean
        assert answer == scene.clean, f"in the reply to request {step}"


@requirement("RES-018")
def test_a_field_that_is_missing_is_never_made_up(scene):
    for step in scene.steps:
        reply = scene.reply(step)
        for name in reply:
            answer = scene.doctored({key: value for key, value in reply.items() if key != name}, step=step)
            _judge_field(scene, answer, step, name, "was missing")


@requirement("RES-019")
def test_a_field_of_another_type_is_never_read_as_something(scene):
    for step in scene.steps:
        reply = scene.reply(step)
        for name, junk in [(name, junk) for name, value in reply.items() for junk in _junk(value)]:
            answer = scene.doctored({**reply, name: junk}, step=step)
            _judge_field(scene, answer, step, name, f"was {junk!r}")


def _junk(value):
    """What has stood where something else belongs; in place of null there is nothing that could not be right."""
    if value is None:
        return ()
    return (7, ["a/../b"]) if isinstance(value, str) else ("a/../b",)


def _judge_field(scene, answer, step, name, what):
    where = f"{name!r} in the reply to request {step} {what}"
    _tells_no_more(scene, answer, where)
    if not isinstance(answer, ConnectorError):
        lost = [one for one in ABOUT if getattr(scene.command, one, None) and getattr(scene.clean, one, None)]
        lost = [one for one in lost if not getattr(answer, one)]
        assert not lost, f"{where}, and the {', '.join(lost)} that the command names was lost"
    raw = getattr(scene.clean, "raw_status", None)
    if not isinstance(answer, ConnectorError) and raw is not None and scene.reply(step)[name] == raw:
        telling = step == scene.steps[-1]
        assert not telling or answer.status is not scene.clean.status, f"{where}, and it was still {answer.status}"


@requirement("RES-020")
def test_a_wrong_content_type_makes_no_refusal_of_an_answer(scene):
    for step in scene.steps:
        for kind in KINDS:
            answer = scene.plays({"content_type": kind}, step=step)
            _tells_no_more(scene, answer, f"the reply to request {step} came as {kind}")


@requirement("RES-027")
def test_any_2xx_is_an_answer_and_a_300_is_none(scene):
    for step in scene.steps:
        for status in (201, 300):
            told = scene.exchanges[step - 1]["response"]
            if told["status"] == 204:
                continue  # an answer without a body
            raw = {"status": status, "headers": dict(told["headers"]), "body": told["body"]}
            answer = scene.plays({"raw": raw, "commit": True}, step=step)
            if status == 300:
                assert scene.is_unanswered(answer), f"the reply to request {step} was a 300, and it was {answer!r}"
            else:
                assert answer == scene.clean, f"the reply to request {step} was a {status}"
