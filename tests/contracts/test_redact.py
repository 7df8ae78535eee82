"""The redactor masks what must not be seen in every way it can be written, and leaves the rest alone."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.redact import MASK, Redactor

KEY = 'sk_test_assay/9+x="y'
REDACTOR = Redactor({"api key": KEY}, prefixes=("whsec_",))


@pytest.mark.parametrize(
    "written",
    [
        KEY, quote(KEY, safe=""), quote(quote(KEY, safe=""), safe=""), json.dumps(KEY), KEY.encode().hex(),
        base64.b64encode(KEY.encode()).decode(), base64.b64encode(f"{KEY}:".encode()).decode(),
        base64.b64encode(f"user:{KEY}".encode()).decode(), base64.b64encode(f"ab{KEY}cd".encode()).decode(),
    ],
)  # fmt: skip
def test_a_known_secret_is_masked_however_it_is_written(written):
    text = f"before {written} after"
    masked = REDACTOR.text(text)
    assert "[api key]" in masked
    assert list(REDACTOR.findings(text)) == ["api key"]
    assert list(REDACTOR.findings(masked)) == []


def test_an_unknown_key_is_masked_by_its_prefix():
    assert REDACTOR.text("secret=whsec_abc123;") == "secret=[key];"


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005"]
)
def test_a_card_number_keeps_its_last_four(number):
    masked = REDACTOR.text(f'"number": "{number}"')
    assert masked == f'"number": "[card {number[-4:]}]"'
    assert list(REDACTOR.findings(masked)) == []


@pytest.mark.parametrize("text", ["1767225600123", "pi_4242424242424242x", "4242424242424241", "id 123456789012"])
def test_other_numbers_are_left_alone(text):
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize(
    "text", ["card[cvc]=913", "card%5Bcvc%5D=913", '"cvc": "913"', "'cvv2': 9134", "securityCode=913"]
)
def test_a_card_code_is_masked_by_its_field(text):
    masked = REDACTOR.text(text)
    assert "913" not in masked
    assert MASK in masked


def test_a_header_is_shown_only_if_it_is_known_to_be_harmless():
    headers = [("Authorization", f"Bearer {KEY}"), ("Content-Type", "application/json"), ("X-New", "anything")]
    assert REDACTOR.headers(headers) == [
        ("Authorization", MASK), ("Content-Type", "application/json"), ("X-New", MASK),
    ]  # fmt: skip


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_masking_twice_changes_nothing_more(text):
    once = REDACTOR.text(text)
    assert REDACTOR.text(once) == once
