"""Whoever reads that something failed is told what was expected and by whom, what was seen, and where to look."""

from dataclasses import replace
from textwrap import dedent

import pytest

from runtime.core.payments import Authorize, PSync
from runtime.core.vocabulary import ErrorCode, PaymentStatus
from suites import inventory
from suites.failures import Told, lines, told
from tests.mutants.forked import run
from tests.mutants.tamper import tamper
from tests.suites.test_plugin import pytest_suites
from tests.suites.test_waivers import GOOD, _never_says_until_when, _waiver


@pytest.mark.parametrize(
    ("message", "expected", "seen"),
    [
        ("assert <A.X: 'X'> is <A.Y: 'Y'>\n +  where <A.X: 'X'> = f()", "Y", "X"),
        ("AssertionError: assert Decimal('1.00') == Decimal('2.00')", "2.00", "1.00"),
        ("assert <A.X: 'X'> in frozenset({<A.Y: 'Y'>})", "one of {Y}", "X"),
        ("assert 3 >= 4", ">= 4", "3"),
        ("assert not ['a == b']", "nothing", "['a == b']"),
        ("assert found", "", "found"),
        ("assert ('a', ' == ') != ('b',)", "not ('b',)", "('a', ' == ')"),
        ("assert ['0', '...3'] == ['5', '...9']\n  \n  At index 0 diff: '0' != '5'", "'5'", "'0'"),
        ("assert Money(minor=1250, currency='KWD') == None", "None", "1.250 KWD"),
        ("the id was lost\nassert None", "", "the id was lost"),
        ("lost means Meaning.CONCEDED\nassert <A.X: 'X'> in {<A.Y: 'Y'>}", "one of {Y}", "X; lost means CONCEDED"),
        ("Void: expected OutcomeUnknown, saw the outcome P(status=<A.X: 'X'>, a=None, b=1)", "OutcomeUnknown",
         "the outcome P(status=X, b=1)"),
        ("Refund: a refusal was expected, saw the outcome R(a=None, b=1)", "a refusal", "the outcome R(b=1)"),
        ("PSync raised Unavailable: no; an outcome was expected", "an outcome", "Unavailable: no"),
        ("a delivery with half a signature must be rejected, saw Delivery()",
         "a delivery with half a signature must be rejected", "Delivery()"),
        ("suites.driver.ConnectorFault: PSync: raised ValueError, which is no ConnectorError", "",
         "PSync: raised ValueError, which is no ConnectorError"),
    ],
)  # fmt: skip
def test_a_message_is_taken_apart(message, expected, seen):
    assert told(message) == Told(expected, seen)


def _declines_are_all_one(connector, patch):
    """Every decline gets the same code."""

    def same(_, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, code=ErrorCode.CARD_DECLINED))

    return tamper(connector, Authorize, outcome=same)


def _voids_are_captures(connector, patch):
    return tamper(connector, PSync, outcome=lambda _, outcome: replace(outcome, status=PaymentStatus.CHARGED))


def _raises(connector, patch):
    def fault(*_):
        raise ValueError("a fault of the connector's own")
        yield

    return replace(connector, flows={**connector.flows, PSync: fault})


def _breaks_the_suite(connector, patch):
    from suites.merchant import Merchant  # noqa: PLC0415 - in the child

    def broken(self, *_, **__):
        raise RuntimeError("the suite itself is broken")

    patch.setattr(Merchant, "capture_of", broken)


GOLDEN = [
    (_declines_are_all_one, "ERR-001", 100, """\
        FAIL ERR-001 Every published decline has the right unified code
          case      test_a_decline_has_the_right_code[Authorize-expired_card]
          expected  one of {EXPIRED_CARD} (by API.md, Declines)
          seen      CARD_DECLINED
          look      1 exchange, written with --assay-evidence=DIR
          case      test_a_decline_has_the_right_code[Authorize-incorrect_cvc]
          expected  one of {INCORRECT_CVC} (by API.md, Declines)
          seen      CARD_DECLINED
          look      1 exchange, written with --assay-evidence=DIR
          case      test_a_decline_has_the_right_code[Authorize-insufficient_funds]
          expected  one of {INSUFFICIENT_FUNDS} (by API.md, Declines)
          seen      CARD_DECLINED
          look      1 exchange, written with --assay-evidence=DIR
          and 1 more of its 5 cases
          why       --assay-explain=ERR-001
        """),
    (_voids_are_captures, "STA-014", 80, """\
        FAIL STA-014 A hold that ran out is EXPIRED, neither held nor failed
          case      test_a_hold_that_ran_out_is_expired
          expected  one of {AUTO_REFUNDED, EXPIRED} (by STA-014, which guards against
                    woocommerce-payments#757)
          seen      CHARGED
          look      2 exchanges, written with --assay-evidence=DIR
          why       --assay-explain=STA-014
        """),
    (_raises, "STA-018", 100, """\
        FAIL STA-018 A failed read is never a failed payment
          case      test_a_failed_read_is_never_a_failed_payment
          expected  A failed read is never a failed payment (by STA-018, which guards against
                    hyperswitch#2252, hyperswitch#2772)
          seen      PSync: raised ValueError, which is no ConnectorError
          look      no exchange: the connector asked nothing of the gateway
          why       --assay-explain=STA-018
        """),
    (_breaks_the_suite, "LIF-001", 80, """\
        ERROR LIF-001 A capture takes the whole hold
          case      test_a_capture_takes_the_whole_hold
          raised    RuntimeError: the suite itself is broken (this says nothing of the
                    connector)
          look      1 exchange, written with --assay-evidence=DIR
          why       --assay-explain=LIF-001
        """),
]  # fmt: skip


@pytest.mark.parametrize(("breaks", "identity", "width", "golden"), GOLDEN, ids=[row[1] for row in GOLDEN])
def test_what_a_failure_says(acme, breaks, identity, width, golden):
    results = run(acme, breaks, f"--assay-require={identity}")
    told = list(lines(results, inventory.load(), evidence=None, width=width))
    assert told == dedent(golden).splitlines()
    assert max(len(line) for line in told) <= width


def test_where_to_look_is_the_file_of_the_exchanges(acme, tmp_path):
    results = run(acme, _voids_are_captures, "--assay-require=STA-014", f"--assay-evidence={tmp_path}")
    text = "".join(lines(results, inventory.load(), evidence=tmp_path, width=400))
    (file,) = tmp_path.iterdir()
    assert f"2 exchanges: {file}" in text


def test_a_waiver_is_told_with_who_answers_for_it_and_until_when(acme, tmp_path):
    waived = _waiver(tmp_path, requirement="STA-015")
    results = run(acme, _never_says_until_when, "--assay-require=STA-015", waived)
    told = list(lines(results, inventory.load(), evidence=None, width=120))
    assert told == [f"WAIVER STA-015 (used) until {GOOD['expires']}, acme/pay#1, me: known and accepted"]


def test_a_run_ends_with_them(acme_site):
    """In a terminal: after the table, before the verdict."""
    broken = "CONNECTOR = __import__('dataclasses').replace(CONNECTOR, flows={**CONNECTOR.flows, payments.PSync: None})"
    file = acme_site / "acme_pay" / "broken.py"
    file.write_text(f"from acme_pay.connector import *\nfrom runtime.core import payments\n{broken}\n")
    code, output = pytest_suites(
        f"--connector={file}:CONNECTOR", "--assay-require=STA-018", "--tb=no", env={"PYTHONPATH": str(acme_site)}
    )
    assert code == 1
    table, told, verdict = (
        output.index(text) for text in ("Requirements by area", "\nFAIL STA-018", "\nNOT CERTIFIABLE")
    )
    assert table < told < verdict
