"""Payment links: an order with an address, paid by a payment of that order."""

HOUR = 3600


def _link(merchant, **more):
    return merchant.send("POST", "/v1/payment_links", {"amount": 1000, "currency": "INR", **more})


def test_a_link_is_paid_by_a_payment_of_its_order(merchant):
    merchant.listen("payment_link.paid")
    link = _link(merchant, reference_id="TS35").json
    assert (link["status"], link["notes"]) == ("created", None)
    payment = merchant.pay(link["order_id"]).payment
    merchant.approve(payment)
    shown = merchant.send("GET", f"/v1/payment_links/{link['id']}").json
    assert (shown["status"], shown["amount_paid"], shown["payments"][0]["payment_id"]) == ("paid", 1000, payment)
    assert merchant.events() == ["payment_link.paid"]
    assert merchant.send("GET", "/v1/payment_links", {"reference_id": "TS35"}).json["payment_links"] == [shown]
    refused = merchant.send("POST", f"/v1/payment_links/{link['id']}/cancel")
    assert refused.error["description"] == "cannot cancel or expire an already paid/partially paid link"


def test_a_link_can_be_paid_in_parts(merchant):
    link = _link(merchant, accept_partial=True).json
    merchant.approve(merchant.pay(link["order_id"], 400).payment)
    assert merchant.send("GET", f"/v1/payment_links/{link['id']}").json["status"] == "partially_paid"


def test_a_cancelled_or_expired_link_takes_no_payment(merchant):
    cancelled = _link(merchant).json
    merchant.send("POST", f"/v1/payment_links/{cancelled['id']}/cancel")
    assert merchant.pay(cancelled["order_id"]).status == 400
    now = merchant.mock("GET", "clock")["now"]
    expiring = _link(merchant, expire_by=now + HOUR).json
    merchant.wait(HOUR)
    assert merchant.send("GET", f"/v1/payment_links/{expiring['id']}").json["status"] == "expired"
    assert merchant.pay(expiring["order_id"]).status == 400


def test_an_expiry_can_be_moved(merchant):
    now = merchant.mock("GET", "clock")["now"]
    link = _link(merchant, expire_by=now + HOUR).json["id"]
    merchant.send("PATCH", f"/v1/payment_links/{link}", {"expire_by": now + 2 * HOUR})
    merchant.wait(HOUR)
    assert merchant.send("GET", f"/v1/payment_links/{link}").json["status"] == "created"
    merchant.wait(HOUR)
    assert merchant.send("GET", f"/v1/payment_links/{link}").json["status"] == "expired"


def test_a_link_that_cannot_be_is_refused_in_the_published_words(merchant):
    now = merchant.mock("GET", "clock")["now"]
    soon = _link(merchant, expire_by=now + 60)
    assert soon.error["description"] == "timestamp must be atleast 15 minutes in future"
    _link(merchant, reference_id="TS35")
    twice = _link(merchant, reference_id="TS35")
    assert twice.error["description"] == "payment link creation with reference ID already attempted"
