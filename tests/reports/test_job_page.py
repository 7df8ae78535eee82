"""The summary on a job's page: the verdict first, skips never as passes, and nothing that a connector could inject."""

import pytest

from reports.results import Results
from tests.reports.acme import ROWS, WAIVER, cli, results


def _page(acme, *options, **changes):
    inventory = Results.model_validate_json((acme.bundle / "results.json").read_text()).inventory_digest
    (acme.bundle / "results.json").write_text(results(acme, inventory, **changes).model_dump_json())
    return cli("summary", acme.bundle, *options)


def test_it_tells_verdict_state_suite_and_seed(acme):
    code, page = _page(acme)
    assert code == 0
    assert "**Certifiable**, state 3 (refunds)" in page
    assert "suite 0.1.0, seed 7, lane simulator" in page


def test_the_matrix_counts_what_was_asked_and_waivers_apart(acme):
    _, page = _page(acme)
    assert "| area | acme |" in page
    assert "| money | ✅ 1/1 |" in page
    assert "| lifecycle | ⚠️ 0/1 + 1 waived |" in page
    assert "| webhooks | not asked |" in page, "the gateway has no such thing, which is no pass"
    assert "| resilience | ❌ 1/2 |" in page, "what could be claimed and is not does not hold"
    assert "| **state** | **3** |" in page


def test_waivers_and_what_is_not_claimed_come_with_their_reasons(acme):
    _, page = _page(acme)
    assert "| LIF-001 | used | 2027-01-31 | payments@\u200bacme.example | acme answers a day late |" in page
    assert "1 not claimed, though the gateway may have it" in page
    assert "| RES-001 | A lost answer is found | Recovery is not declared |" in page
    assert "| WEB-005 | A stale delivery is rejected | acme.example/webhooks |" in page


def test_a_failure_is_told_with_its_message(acme):
    rows = [(*row[:5], [("fail", "AssertionError: 1099 != 10.99", "")]) if row[0] == "MON-001" else row for row in ROWS]
    code, page = _page(acme, rows=rows)
    assert code == 0, "it tells; pytest has judged"
    assert "**Not certifiable**: 1 fail" in page
    assert "| fail | MON-001 | Money is exact | test\\_mon\\_001\\[0\\] | AssertionError\\: 1099 \\!= 10.99 |" in page


def test_of_many_failures_the_first_are_told_and_the_rest_counted(acme):
    rows = [(*row[:5], [("fail", "AssertionError", "")] * 40) if row[0] == "MON-001" else row for row in ROWS]
    _, page = _page(acme, rows=rows)
    assert page.count("| fail |") == 30
    assert "… and 10 more." in page


def test_what_did_not_run_is_named(acme):
    _, page = _page(acme, rows=[(*ROWS[0][:5], []), *ROWS[1:]])
    assert "Not run: SEC-001." in page


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("</details><script>x", "&lt;/details\\><script"),
        ("a | b", "a \\| b"),
        ("ping @maintainers", "ping @\u200bmaintainers"),
        ("![x](//evil)", "\\!\\[x\\]\\(//evil\\)"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_a_connector_says_is_shown_and_does_nothing(acme, hostile, shown):
    _, page = _page(acme, waivers=[WAIVER | {"reason": hostile}])
    assert hostile not in page
    assert shown.replace("<script", "&lt;script") in page


def test_a_secret_in_it_ends_with_7_and_is_not_printed(acme):
    code, page = _page(acme, "--canary", "hush", waivers=[WAIVER | {"reason": "acme says hush"}])
    assert code == 7
    assert "hush" not in page


def test_what_cannot_be_read_is_named(acme):
    (acme.bundle / "results.json").write_text("{")
    code, page = cli("summary", acme.bundle)
    assert (code, "results.json: line 1, column 2" in page) == (2, True)
