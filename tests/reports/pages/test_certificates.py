"""A page shows a certificate of exactly the results it shows, and vouches for no signature."""

import json

import pytest
from click.testing import CliRunner

from reports.__main__ import main


def _run(*arguments):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output


@pytest.fixture
def certified(acme, write, tmp_path):
    """The results of a run that was certified on one day and run on another."""
    file = write(acme)
    _run("keygen", "--out", tmp_path / "keys")
    key = tmp_path / "keys" / "assay-private.pem"
    _run("certify", file, "--key", key, "--issued-at", "2026-11-21T10:00:00Z", "--ran-on", "2026-11-19")
    return file


def test_the_page_says_when_it_was_issued_and_until_when_it_holds(certified, build):
    page = build(certified)[2]["connectors/acme.html"]
    assert '<time datetime="2026-11-21T10:00:00Z">2026-11-21</time>' in page
    assert '<time datetime="2027-01-31T23:59:59Z">2027-01-31</time>' in page  # the end of its waiver
    assert '<time datetime="2026-11-19">2026-11-19</time>' in page
    assert "signed by" in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_an_unsigned_certificate_is_called_so(acme, write, build):
    file = write(acme)
    _run("certify", file, "--unsigned", "--issued-at", "2026-11-21T10:00:00Z")
    assert "not signed" in build(file)[2]["connectors/acme.html"]


def test_without_a_certificate_none_is_spoken_of(acme, write, build):
    page = build(write(acme))[2]["connectors/acme.html"]
    assert "signed by" not in page
    assert "valid until" not in page


def test_a_certificate_of_other_results_is_refused(certified, build):
    data = json.loads(certified.read_text())
    data["seed"] = 5
    certified.write_text(json.dumps(data))
    code, output, pages = build(certified)
    assert (code, pages) == (2, {})
    assert "certificate.json: run.results: certifies other results than results.json beside it" in output


@pytest.mark.parametrize("text", ["", "{}", '{"payload": "e30", "payloadType": "text/plain", "signatures": []}', "[1"])
def test_what_is_no_certificate_is_refused_by_its_place(certified, build, text):
    (certified.parent / "certificate.json").write_text(text)
    code, output, pages = build(certified)
    assert (code, pages) == (2, {})
    assert "certificate.json" in output
