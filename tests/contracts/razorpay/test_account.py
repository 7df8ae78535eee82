"""Razorpay's simulator challenges every card, as in India, where nobody says otherwise."""

from click.testing import CliRunner

from contracts.__main__ import main
from contracts.lock import files
from contracts.policy import load
from contracts.recorder import known_of
from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.judged import judged, sandbox_at

APP = ("verify", "razorpay", "--app", "mock_gateways.app:create_app")


def test_a_sandbox_that_does_as_nobody_published_is_not_kept(tmp_path):
    """What was asked for as a sale is none, and a contract of it would judge whoever says so."""
    library = tmp_path / "library"
    with serving(create_app("razorpay", clock="wall")) as url:
        code, _, _ = judged(
            "razorpay", "sandbox", tmp_path / "live.json", f"--assay-record={library}",
            environment=sandbox_at("razorpay", url),
        )  # fmt: skip
    assert code == 1
    assert files(library) == []


def test_the_command_line_verifies_an_account_with_settings_of_its_own():
    assert CliRunner().invoke(main, APP).exit_code in (2, 3)
    settings = ("--setting", "cards_ask_the_shopper=2", "--setting", "document_at_hand=doc_AssayProof0001")
    assert CliRunner().invoke(main, [*APP, *settings]).exit_code == 0


def test_two_secrets_are_found_where_the_rules_say():
    known = known_of(load("razorpay"), {"RAZORPAY_KEY_ID": "rzp_test_1", "OTHER": "x"}, {"key_secret": "s"})
    assert [(one.name, one.value) for one in known] == [("key_id", "rzp_test_1"), ("key_secret", "s")]
