"""Whatever goes wrong on the way, in whatever flow, at whichever of its requests: nobody is told what is not known."""

from runtime.core.errors import ConnectorError, RateLimited
from runtime.core.vocabulary import ErrorCode, RetryAdvice
from suites.marks import requirement, requires

LOST = ({"timeout": "before"}, {"reset": "before"}, {"timeout": "after"}, {"reset": "after"})
# A proxy's page before and after the gateway did what it was asked for, and what the gateway says of itself.
BAD_GATEWAYS = ({"html": 502}, {"html": 504, "commit": True}, {"server_error": 500}, {"server_error": 503})

# What arrives of an answer when the gateway has done what it was asked for.
GARBLED = ({"html": 504, "commit": True},)
TROUBLE = {ErrorCode.GATEWAY_ERROR, ErrorCode.PROCESSING_ERROR}


def _strikes(scene, *effects):
    """The scene played with each of these going wrong at each of its requests."""
    for effect in effects:
        for step in scene.steps:
            yield f"{effect} at request {step}", scene.plays(effect, step=step)


@requirement("RES-010")
def test_a_lost_answer_is_unknown_in_every_flow(scene):
    for what, answer in _strikes(scene, *LOST):
        assert scene.is_unanswered(answer), f"after {what} it was {answer!r}"
        assert not scene.ids() or answer.transaction_id in scene.ids(), f"after {what} the id was lost"


@requirement("RES-011")
def test_recovery_leaves_the_ledger_as_if_nothing_had_gone_wrong(scene):
    for what, lost in _strikes(scene, *LOST, *GARBLED):
        assert isinstance(lost, ConnectorError), f"after {what} it was {lost!r}"
        answer = scene.recovers(lost)
        assert scene.ledger() == scene.after, f"after {what} recovery told {answer!r}"


@requirement("RES-012")
def test_no_flow_sends_a_write_twice_of_its_own_accord(scene):
    for what, _ in _strikes(scene, *LOST, *BAD_GATEWAYS, {"malformed": True}):
        wrote = scene.wrote()
        assert not [one for one in wrote if wrote.count(one) > 1], f"after {what}"
        assert len(scene.sent()) <= len(scene.steps), f"after {what} more was asked than if all is well"


@requirement("RES-013")
def test_a_rate_limit_in_any_flow_executes_nothing_and_says_when_to_come_back(scene):
    limited = scene.plays({"rate_limit": {"retry_after": 7}})
    assert isinstance(limited, RateLimited), f"it was {limited!r}"
    assert (limited.error.retry, limited.retry_after) == (RetryAdvice.LATER, 7)
    assert scene.ledger() == scene.before
    for what, answer in _strikes(scene, {"rate_limit": {"retry_after": 7}}):  # what came before may have moved money
        assert isinstance(answer, RateLimited) or scene.is_unanswered(answer), f"after {what} it was {answer!r}"


@requirement("RES-014")
def test_a_server_error_in_any_flow_is_unknown(scene):
    for what, answer in _strikes(scene, *BAD_GATEWAYS):
        assert scene.is_unanswered(answer), f"after {what} it was {answer!r}"
        assert answer.status in {502, 504, 500, 503}, f"after {what} the status is lost: {answer!r}"
        assert answer.error.code in TROUBLE, f"after {what} it is {answer.error.code}"


@requirement("RES-026")
@requires("word not to repeat")
def test_what_the_gateway_asks_not_to_repeat_is_never_to_be_repeated(scene, certification):
    name, value = certification.profile.samples["word not to repeat"]
    for status in (409, 500, 503):
        reply = {"status": status, "headers": {"Content-Type": "application/json", name: value}, "body": "{}"}
        for what, answer in _strikes(scene, {"raw": reply}):
            assert scene.is_unanswered(answer), f"after {what} it was {answer!r}"
            assert answer.error.retry is RetryAdvice.NEVER, f"after {what} it may be repeated {answer.error.retry}"


@requirement("RES-015")
def test_what_was_refused_for_its_rate_can_be_asked_for_again(scene, merchant):
    scene.plays({"rate_limit": {"retry_after": 1}})
    again = merchant.does(scene.command)
    assert getattr(again, "status", None) == getattr(scene.clean, "status", None)
    assert scene.ledger() == scene.after
