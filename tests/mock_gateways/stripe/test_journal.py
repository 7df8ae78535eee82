"""The journal is asked for what one wants to see, and handed to other tools as an HTTP Archive."""

import harfile
import pytest

from mock_gateways.app import create_app
from mock_gateways.core.faults import TimedOut

CARD = {"type": "card", "card__number": "4242424242424242", "card__exp_month": 12, "card__exp_year": 2030}


@pytest.fixture
def talk(merchant):
    """A payment, a decline, a lookup that fails, and one that nobody answers."""
    merchant.pay()
    merchant.pay("pm_card_visa_chargeDeclined")
    merchant.send("GET", "/v1/payment_intents/pi_none")
    merchant.fault({"timeout": "before"}, "GET /v1/customers")
    with pytest.raises(TimedOut):
        merchant.send("GET", "/v1/customers", limit=3)
    return lambda query="": [e["sequence"] for e in merchant.mock("GET", f"journal{query}")["exchanges"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4]),
        ("?method=POST", [1, 2]),
        ("?path=/v1/payment_intents", [1, 2]),
        ("?path=/v1/payment_intents*", [1, 2, 3]),
        ("?path=/v1/customers", [4]),
        ("?status=402", [2]),
        ("?status=4xx", [2, 3]),
        ("?status=none", [4]),
        ("?since=1&limit=2", [2, 3]),
        ("?since=99", []),
        ("?method=GET&status=200", []),
        ("?limit=0", []),
    ],
)
def test_exchanges_are_found_by_what_they_were(talk, query, found):
    assert talk(query) == found


@pytest.mark.parametrize("query", ["since=x", "limit=-1", "limit=" + "9" * 20, "status=teapot", "format=xml"])
def test_a_search_that_makes_no_sense_is_refused_in_words(merchant, query):
    reply = merchant.client.get(f"/_mock/tenants/{merchant.tenant}/journal?{query}")
    assert (reply.status_code, len(reply.get_json()["error"]) > 20) == (400, True)


def test_the_ring_keeps_as_many_as_its_setting_says(merchant_with):
    merchant = merchant_with(journal_size=3)
    for _ in range(5):
        merchant.send("GET", "/v1/customers")
    assert [e["sequence"] for e in merchant.mock("GET", "journal")["exchanges"]] == [3, 4, 5]
    merchant.mock("POST", "reset")
    assert merchant.mock("GET", "journal") == {"exchanges": []}


@pytest.mark.parametrize("size", [-1, "many", 0])
def test_a_ring_of_no_size_is_refused(size):
    with pytest.raises(ValueError, match="journal_size"):
        create_app("stripe", settings={"journal_size": size})


def test_an_archive_has_the_fields_of_har_1_2(merchant, talk):
    log = merchant.mock("GET", "journal?format=har")["log"]
    assert (log["version"], harfile.Creator(**log["creator"]).version) == ("1.2", "2026-10-28.endive")
    requests = [harfile.Request(**entry["request"]) for entry in log["entries"]]
    responses = [harfile.Response(**entry["response"]) for entry in log["entries"]]
    assert [r.status for r in responses] == [200, 402, 404, 0]
    assert {r.statusText for r in responses} == {"OK", "Payment Required", "Not Found", ""}
    assert [r.url for r in requests][3] == "http://localhost/v1/customers?limit=3"
    assert requests[3].queryString == [{"name": "limit", "value": "3"}]
    assert {entry["startedDateTime"] for entry in log["entries"]} == {"2026-01-01T00:00:00+00:00"}
    assert all(harfile.Timings(**entry["timings"]).wait >= 0 for entry in log["entries"])


def test_an_archive_holds_no_secret(merchant):
    merchant.send("POST", "/v1/payment_methods", **CARD, card__cvc="987")
    archive = merchant.mock("GET", "journal?format=har")
    (entry,) = archive["log"]["entries"]
    assert merchant.key not in str(archive)
    assert CARD["card__number"] not in str(archive)
    assert "987" not in entry["request"]["postData"]["text"]


def test_an_archive_is_of_what_was_searched_for(merchant, talk):
    assert len(merchant.mock("GET", "journal?format=har&status=4xx")["log"]["entries"]) == 2
