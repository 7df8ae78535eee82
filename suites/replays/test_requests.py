"""What a connector sends is what was recorded, all of it, and with the credentials that it was given."""

from suites.marks import lanes, requirement


@requirement("CON-001")
def test_every_request_is_the_one_that_was_recorded(story, certification, credential):
    story.plays()
    settings = certification.config(credential, "https://gateway.test", ())
    values = [value for name in certification.profile.config for value in _texts(getattr(settings, name, None))]
    assert story.stage.strange_keys(values) == [], "a credential was sent that nobody configured"


def _texts(value):
    """A setting as text, also where it is a secret."""
    reveal = getattr(value, "reveal", None)
    return [reveal() if reveal else value] if reveal or isinstance(value, str) else []


@requirement("CON-002")
@lanes("sandbox")
def test_what_was_said_can_be_kept_as_a_contract(story, certification):
    # A contract says what became of the money: where the sandbox was asked for a sale and made none, that is not known.
    for told in story.plays():
        story.agrees(told, tells_shares=certification.not_claimed("share of a capture") is None)
    story.stage.keep()
