"""Basic authentication, as RFC 7617 has it."""

import pytest

from mock_gateways.core.credentials import decode_basic


def test_the_example_of_the_standard_is_read():
    assert decode_basic("QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == "Aladdin:open sesame"


@pytest.mark.parametrize("value", ["", "!!", "QWxhZGRpbg", "w6k6w6k="])
def test_what_is_no_base_64_of_ascii_holds_no_credential(value):
    assert decode_basic(value) == ""
