"""A site takes the place of the one before, whole or not at all, and never with a secret in it."""

import pytest
from click.testing import CliRunner

from reports.__main__ import main


def test_pages_of_before_are_gone(acme, failing, write, build):
    assert "connectors/acme-failures.html" in build(write(failing))[2]
    assert "connectors/acme-failures.html" not in build(write(acme))[2]


def test_nothing_is_left_beside_the_site(acme, write, build, tmp_path):
    build(write(acme))
    build(write(acme))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "site"]


def test_a_folder_of_somebody_else_is_not_replaced(acme, write, build, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<p>a page of mine</p>")
    code, output, pages = build(write(acme))
    assert code == 4
    assert "something else than a site" in output
    assert pages == {"index.html": "<p>a page of mine</p>"}


def test_a_file_is_not_replaced(acme, write, build):
    file = write(acme)
    assert build(file, out=file)[0] == 4
    assert file.read_text().startswith("{")


def test_an_empty_folder_is_filled(acme, write, build, tmp_path):
    (tmp_path / "site").mkdir()
    assert build(write(acme))[0] == 0


def test_without_a_folder_only_the_table_is_printed(acme, write, build, tmp_path):
    done = CliRunner().invoke(main, ["build", str(write(acme))])
    assert "capabilities" in done.output
    assert "1 of 2" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["acme"]


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("4111111111111111", "card number"),
        ("4111 1111 1111 1111", "card number"),
        ("cvc=737", "card code"),
        ("sk_test_thatnobodyshouldsee", "key"),
        ("planted-by-the-caller", "canary 1"),
        ("cGxhbnRlZC1ieS10aGUtY2FsbGVy", "canary 1"),
    ],
)
@pytest.mark.parametrize("place", ["message", "title", "version"])
def test_a_secret_stops_the_whole_site(failing, write, build, secret, kind, place):
    where = {"message": failing["requirements"][0]["cases"][0], "title": failing["requirements"][1]}
    where.get(place, failing["connector"])[place] = f"it said {secret} aloud"
    code, output, pages = build(write(failing), "--canary", "planted-by-the-caller")
    assert (code, pages) == (7, {})
    assert kind in output
    assert secret not in output
