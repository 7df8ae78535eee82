"""What the pages say is what the results hold: nothing is left out, and nothing runs."""

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest


class Reader(HTMLParser):
    """The text a person reads, and what a browser would load or run."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.attributes, self._in_style = "", [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        self._in_style = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._in_style else data

    def handle_endtag(self, tag):
        self._in_style = False
        self.text += " " if tag in ("td", "th", "li", "dt", "dd", "p") else ""


@pytest.fixture
def pages(acme, write, build):
    code, output, found = build(write(acme))
    assert code == 0, output
    return found


@pytest.fixture
def certificate(pages):
    return " ".join(Reader(pages["connectors/acme.html"]).text.split())


def test_every_page_is_there(pages):
    assert set(pages) == {"index.html", "matrix.html", "methods.html", "trend.html", "connectors/acme.html"}


@pytest.mark.parametrize(
    "said",
    [
        "acme acmepay API v7",
        "certified State 2 of 3: the second rung",
        "Not yet state 3: what holds it back is WEB-001; the suite has no requirement yet in resilience",
        "Assay 9.9.9",
        "seed 4",
        "Python 3.11.7, Linux test",
        "SEC-001 No secret shows in what comes back never waivable",
        "error 55555555555",
        "there is no call for it docs.acme.test/voids \N{EN DASH} not offered 1 CAP-009",
        "IncomingWebhook is not declared ○ not claimed 1 WEB-001",
        "CAP-008 refunds arrive a day late payments@acme.test acme#12 2027-01-31 used",
        "Of 41 connectors that were broken on purpose, each in one way, this inventory caught 40",
        "Authorize, Capture, Refund",
        "Card, Boleto",
        "2: BRL EUR",
    ],
)
def test_the_certificate_page_says_what_the_results_hold(certificate, said):
    assert said in certificate


def test_every_requirement_and_case_is_on_the_certificate_page(acme, certificate):
    for row in acme["requirements"]:
        assert row["id"] in certificate
        assert row["title"] in certificate


def test_the_matrix_tells_what_the_gateway_lacks_from_what_the_connector_leaves_out(pages):
    read = " ".join(Reader(pages["matrix.html"]).text.split())
    assert "CAP-009 A hold is given back 2 \N{EN DASH}not offered" in read
    assert "WEB-001 A delivery that nobody signed is refused 3 ○not claimed" in read
    assert "CAP-008 A payment method is refunded where it says so 2 Wwaived" in read


def test_a_requirement_that_another_connector_was_not_asked_is_no_pass(acme, write, build):
    one = write(acme)
    acme["connector"]["name"] = "other"
    del acme["requirements"][1]
    acme["counts"]["pass"] = 1
    _, _, pages = build(one, write(acme, "other"))
    read = " ".join(Reader(pages["matrix.html"]).text.split())
    assert "CAP-004 Every declared payment method takes what was asked 2 ✓pass not asked" in read


def test_a_failure_is_shown_with_its_message_in_full(failing, write, build):
    _, _, pages = build(write(failing))
    shown = Reader(pages["connectors/acme.html"]).text
    assert "not certified" in shown
    assert "AssertionError: the key was seen" in shown
    assert "at line 3" in Reader(pages["connectors/acme-failures.html"]).text


EXCHANGES = (
    b'[{"request":{"body":"amount=1.10","headers":[["Accept","*/*"]],"method":"POST","path":"/v1/pay"},'
    b'"response":{"body":"{\\"total\\":1.10,\\"large\\":12345678901234567890.5}","headers":[],"status":402}}]'
)


def _with_evidence(failing, write, content):
    failing["requirements"][0]["cases"][0]["evidence"] = hashlib.sha256(EXCHANGES).hexdigest()
    file = write(failing)
    folder = file.parent / "evidence"
    folder.mkdir()
    (folder / f"{hashlib.sha256(EXCHANGES).hexdigest()}.json").write_bytes(content)
    return file


def test_the_exchanges_of_a_failure_are_shown_with_their_numbers_as_written(failing, write, build):
    _, _, pages = build(_with_evidence(failing, write, EXCHANGES))
    shown = Reader(pages["connectors/acme-failures.html"]).text
    assert "POST /v1/pay" in shown
    assert "402" in shown
    assert '"total": 1.10' in shown
    assert '"large": 12345678901234567890.5' in shown


def test_of_a_long_story_the_end_is_shown(failing, write, build):
    one = json.loads(EXCHANGES)[0]
    story = [one | {"request": one["request"] | {"path": f"/step/{number}"}} for number in range(1, 21)]
    raw = json.dumps(story).encode()
    digest = hashlib.sha256(raw).hexdigest()
    failing["requirements"][0]["cases"][0]["evidence"] = digest
    file = write(failing)
    (file.parent / "evidence").mkdir()
    (file.parent / "evidence" / f"{digest}.json").write_bytes(raw)
    shown = Reader(build(file)[2]["connectors/acme-failures.html"]).text
    assert re.findall(r"/step/(\d+)", shown) == [str(number) for number in range(13, 21)]
    assert f"The last 8 of 20 exchanges; the evidence file {digest}.json has all." in shown


def test_evidence_with_another_digest_is_not_shown(failing, write, build):
    _, _, pages = build(_with_evidence(failing, write, EXCHANGES.replace(b"402", b"200")))
    shown = Reader(pages["connectors/acme-failures.html"]).text
    assert "another digest" in shown
    assert "/v1/pay" not in shown


def test_without_evidence_the_digest_is_all_that_is_known(failing, write, build):
    _, _, pages = build(write(failing))
    assert "1 exchange, known by digest alone" in Reader(pages["connectors/acme-failures.html"]).text


# -- nothing runs, nothing is fetched


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"


def _poisoned(value):
    if isinstance(value, dict):
        return {key: _poisoned(one) if key in POISONED or isinstance(one, dict | list) else one
                for key, one in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [_poisoned(one) for one in value]
    return HOSTILE + value if isinstance(value, str) else value


POISONED = {"name", "version", "gateway", "title", "message", "reason", "owner", "issue", "suite", "platform", "source"}


def test_whatever_a_file_holds_is_text(failing, write, build):
    poisoned = {**_poisoned(failing), **{key: failing[key] for key in ("mutants", "counts", "verdict", "capabilities")}}
    for before, after in zip(failing["requirements"], poisoned["requirements"], strict=True):
        after |= {key: before[key] for key in ("id", "area", "outcome")}
        for case, changed in zip(before["cases"], after["cases"], strict=True):
            changed |= {"outcome": case["outcome"], "evidence": case.get("evidence")}
    poisoned["connector"]["flows"] = failing["connector"]["flows"]
    poisoned["states"] = [{**old, "title": HOSTILE} for old in failing["states"]]
    code, output, pages = build(write(poisoned))
    assert code == 0, output
    for name, page in pages.items():
        reader = Reader(page)
        assert not {"script", "img", "iframe", "object", "link[rel=stylesheet]"} & set(reader.tags), name
        assert [found for found in reader.attributes if found[1].startswith("on")] == []
        assert "49" not in re.findall(r"&{}(\d+)", page)
    assert HOSTILE in Reader(pages["connectors/" + next(n for n in pages if "failures" in n).split("/")[1]]).text


def test_no_page_points_outside_itself(pages):
    loads = {"src", "href", "action", "data", "poster", "srcset", "background"}
    for page in pages.values():
        targets = [value for _, name, value in Reader(page).attributes if name in loads]
        assert [t for t in targets if not re.fullmatch(r"data:,|[\w./-]*(#[\w-]+)?", t)] == []
        assert "url(" not in page
        assert "@import" not in page


def test_every_link_leads_to_a_page_and_a_place_that_are_there(failing, write, build):
    _, _, pages = build(write(failing))
    ids = {name: {value for _, key, value in Reader(page).attributes if key == "id"} for name, page in pages.items()}
    for name, page in pages.items():
        folder = name.rpartition("/")[0]
        for href in {value for tag, key, value in Reader(page).attributes if (tag, key) == ("a", "href")}:
            path, _, place = href.partition("#")
            target = f"{folder}/{path}".lstrip("/") if path else name
            target = re.sub(r"[^/]+/\.\./", "", target)
            assert target in pages, (name, href)
            assert not place or place in ids[target], (name, href)


def test_the_policy_allows_this_style_sheet_and_nothing_else(pages):
    for page in pages.values():
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
        digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'sha256-{digest}';" in page


def test_the_same_results_give_the_same_bytes(acme, write, build, tmp_path):
    file = write(acme)
    assert build(file)[2] == build(file, out=tmp_path / "again")[2]


def test_a_page_of_two_thousand_cases_weighs_less_than_500_kb(acme, write, build):
    case = acme["requirements"][0]["cases"][0]
    acme["requirements"][0]["cases"] = [{**case, "name": f"test_no_secret_shows[{n:04}-of-many]"} for n in range(2000)]
    _, _, pages = build(write(acme))
    assert max(len(page.encode()) for page in pages.values()) <= 500_000


# -- several runs


def test_runs_of_one_connector_go_by_date_and_say_what_changed(acme, failing, write, build):
    later, earlier = write(acme, "2026-11-20"), write(failing, "2026-11-18")
    _, _, pages = build(later, earlier)
    read = " ".join(Reader(pages["trend.html"]).text.split())
    assert "acme 2 runs 2026-11-20 ✓ certified state 2" in read
    assert "1 requirement came out otherwise SEC-001 No secret shows in what comes back: ✗ fail → ✓ pass" in read
    assert read.index("2026-11-20") < read.index("2026-11-18")
    assert "✓ certified" in Reader(pages["connectors/acme.html"]).text


def test_runs_without_a_date_go_in_the_order_given(acme, failing, write, build):
    first, second = write(acme, "one"), write(failing, "two")
    assert "✗ not certified" in Reader(build(first, second)[2]["index.html"]).text
    assert "✓ certified" in Reader(build(second, first)[2]["index.html"]).text


def test_a_requirement_that_is_new_or_gone_is_no_change_of_outcome_alone(acme, write, build):
    before = write(acme, "one")
    acme["requirements"][0]["id"] = "SEC-002"
    read = " ".join(Reader(build(before, write(acme, "two"))[2]["trend.html"]).text.split())
    assert "SEC-002 No secret shows in what comes back: new → ✓ pass" in read
    assert "SEC-001 No secret shows in what comes back: ✓ pass → gone" in read


def test_connectors_whose_names_look_alike_have_pages_of_their_own(acme, write, build):
    one = write(acme, "one")
    acme["connector"]["name"] = "Acme!"
    _, _, pages = build(one, write(acme, "two"))
    assert len([name for name in pages if name.startswith("connectors/")]) == 2


def test_a_name_cannot_lead_out_of_the_site(acme, write, build, tmp_path):
    acme["connector"]["name"] = "../../../escaped"
    _, _, pages = build(write(acme))
    assert "connectors/escaped.html" in pages
    assert not list(tmp_path.parent.glob("escaped*"))
