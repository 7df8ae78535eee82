"""A results file that cannot be believed is refused with its place and reason, and nothing is overwritten."""

import json

import pytest


def _set(data, path, value):
    *way, last = path
    for step in way:
        data = data[step]
    data[last] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), 2, "format: this Assay reads 1"),
        (("seed",), "four", "seed:"),
        (("lane",), "moon", "lane:"),
        (("surprise",), 1, "surprise: Extra inputs"),
        (("requirements", 0, "cases", 0, "outcome"), "fine", "requirements.0.cases.0.outcome:"),
        (("requirements", 0, "cases", 0, "outcome"), "fail", "SEC-001.outcome: says pass, its cases say fail"),
        (("requirements", 0, "cases"), [], "requirements.SEC-001.outcome: says pass, its cases say not run"),
        (("requirements", 1, "id"), "SEC-001", "requirements: SEC-001 stands twice"),
        (("counts", "pass"), 3, "counts.pass: says 3, the requirements say 2"),
        (("counts", "waived"), 0, "counts.waived: says 0, the requirements say 1"),
        (("complete",), False, "verdict: does not follow"),
        (("waivers", 0, "status"), "expired", "verdict: does not follow"),
        (("verdict", "certified"), False, "verdict: does not follow"),
        (("verdict", "state"), 3, "verdict.state: says 3, its requirements and claims say 2"),
        (("capabilities", "not_offered"), {}, "verdict.state: says 2, its requirements and claims say 1"),
        (("requirements", 3, "cases", 0, "excused"), False, "verdict.state: says 2, its requirements and claims say 1"),
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_refused(acme, write, build, path, value, said):
    _set(acme, path, value)
    code, output, pages = build(write(acme))
    assert (code, pages) == (2, {})
    assert said in output
    assert "results.json" in output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 1, "requirements": [', "line 1, column 32: Expecting value: truncated?"),
        ("", "line 1, column 1"),
        ("[]", "no results of Assay"),
        ('{"_type": "https://in-toto.io/Statement/v1"}', "no results of Assay"),
        ("[" * 100_000, "nested deeper"),
    ],
)
def test_a_foreign_or_truncated_file_is_refused(write, build, text, said):
    code, output, pages = build(write(text))
    assert (code, pages) == (2, {})
    assert said in output


def test_a_file_that_is_no_text_is_refused(write, build):
    file = write("")
    file.write_bytes(b'{"format": "\xff"}')
    assert build(file)[:2] == (2, f"{file}: byte 12: not UTF-8\n")


def test_a_file_that_is_not_there_is_refused(tmp_path, build):
    assert build(tmp_path / "none.json")[:2] == (2, f"{tmp_path / 'none.json'}: No such file or directory\n")


def test_a_folder_without_results_is_refused(tmp_path, build):
    code, output, _ = build(tmp_path)
    assert code == 2
    assert "no results.json in this folder" in output


def test_a_folder_stands_for_the_results_in_and_below_it(acme, write, build, tmp_path):
    write(acme, "one")
    acme["connector"]["name"] = "other"
    write(acme, "two")
    code, _, pages = build(tmp_path)
    assert code == 0
    assert {"connectors/acme.html", "connectors/other.html"} <= pages.keys()


def test_one_bad_file_among_good_ones_leaves_the_old_site_as_it_was(acme, write, build):
    good = write(acme)
    _, _, before = build(good)
    code, _, after = build(good, write(json.dumps(acme)[:-40], "bad"))
    assert code == 2
    assert after == before != {}


def test_a_value_that_is_wrong_is_not_repeated(acme, write, build):
    acme["connector"]["digest"] = {"what": "4242"}
    _, output, _ = build(write(acme))
    assert "connector.digest" in output
    assert "4242" not in output


@pytest.mark.parametrize(
    ("place", "date"),
    [
        ("2026-11-20", "2026-11-20"),
        ("history/2026-11-20/acme", "2026-11-20"),
        ("2026-11-20/history/acme/last", None),  # a folder of work, and not the day of a run
        ("2026-13-40", None),
        ("v12026-11-20", None),
        ("acme", None),
    ],
)
def test_a_run_is_dated_by_the_names_close_to_it_alone(acme, write, build, place, date):
    page = build(write(acme, place))[2]["connectors/acme.html"]
    assert ("<dt>date</dt>" in page) is (date is not None)
    assert f'datetime="{date}"' in page or date is None
