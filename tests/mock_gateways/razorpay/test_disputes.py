"""Disputes: money goes when the bank asks, and comes back only when the bank decides so."""

from io import BytesIO

import pytest

DAY = 86400


@pytest.fixture
def payment(merchant):
    return merchant.paid()


@pytest.fixture
def document(merchant):
    form = {"purpose": "dispute_evidence", "file": (BytesIO(b"%PDF"), "proof.pdf")}
    reply = merchant.client.post("/v1/documents", data=form, headers={"Authorization": merchant.basic()})
    assert reply.get_json()["mime_type"] == "application/pdf"
    return reply.get_json()["id"]


def _dispute(merchant, payment, **more):
    return merchant.mock("POST", "disputes", {"payment": payment, **more})


def _contest(merchant, dispute, **body):
    return merchant.send("PATCH", f"/v1/disputes/{dispute['id']}/contest", body)


def test_a_dispute_opens_and_takes_the_money(merchant, payment):
    merchant.listen()
    dispute = _dispute(merchant, payment, reason="goods_or_services_not_received_or_partially_received")
    assert (dispute["status"], dispute["phase"], dispute["amount"]) == ("open", "chargeback", 1000)
    assert (dispute["amount_deducted"], merchant.disputed(payment)) == (0, "10.00")
    assert merchant.events() == ["payment.dispute.created"]
    assert merchant.send("GET", f"/v1/disputes/{dispute['id']}").json == dispute
    assert merchant.send("GET", "/v1/disputes").json["items"] == [dispute]


def test_money_can_be_taken_when_the_dispute_is_lost_instead(merchant_with):
    merchant = merchant_with(deduct_at_onset=0)
    payment = merchant.paid()
    dispute = _dispute(merchant, payment)
    assert merchant.disputed(payment) == "0.00"
    merchant.send("POST", f"/v1/disputes/{dispute['id']}/accept")
    assert merchant.disputed(payment) == "10.00"


def test_an_accepted_dispute_is_lost_for_good(merchant, payment):
    dispute = _dispute(merchant, payment)
    accepted = merchant.send("POST", f"/v1/disputes/{dispute['id']}/accept").json
    assert (accepted["status"], accepted["amount_deducted"]) == ("lost", 1000)
    again = merchant.send("POST", f"/v1/disputes/{dispute['id']}/accept")
    assert again.error["description"] == "Action not allowed when dispute is in lost status."
    assert _contest(merchant, dispute).error["description"] == "Action not allowed when dispute is in lost status."
    assert merchant.disputed(payment) == "10.00"


def test_a_draft_changes_nothing_but_the_evidence(merchant, payment, document):
    dispute = _dispute(merchant, payment)
    draft = _contest(merchant, dispute, summary="goods delivered", shipping_proof=[document]).json
    assert (draft["status"], draft["evidence"]["summary"]) == ("open", "goods delivered")
    assert (draft["evidence"]["submitted_at"], draft["evidence"]["amount"]) == (None, 1000)
    submitted = _contest(merchant, dispute, action="submit").json
    assert (submitted["status"], submitted["evidence"]["shipping_proof"]) == ("under_review", [document])
    assert submitted["evidence"]["submitted_at"] is not None


@pytest.mark.parametrize(
    ("outcome", "status", "disputed", "deducted"), [("approve", "won", "0.00", 0), ("fail", "lost", "10.00", 1000)]
)
def test_the_bank_decides_what_was_contested(merchant, payment, document, outcome, status, disputed, deducted):
    merchant.listen()
    dispute = _dispute(merchant, payment)
    _contest(merchant, dispute, action="submit", billing_proof=[document])
    decided = merchant.approve(dispute["id"], outcome)
    assert (decided["status"], decided["amount_deducted"]) == (status, deducted)
    assert merchant.disputed(payment) == disputed
    assert merchant.events() == [f"payment.dispute.{name}" for name in ("created", "under_review", status)]


def test_an_unanswered_dispute_is_lost(merchant, payment):
    dispute = _dispute(merchant, payment)
    merchant.wait(3 * DAY)
    assert merchant.send("GET", f"/v1/disputes/{dispute['id']}").json["status"] == "lost"
    assert merchant.disputed(payment) == "10.00"


def test_what_was_submitted_in_time_is_not_lost_by_time(merchant, payment, document):
    dispute = _dispute(merchant, payment)
    _contest(merchant, dispute, action="submit", billing_proof=[document])
    merchant.wait(30 * DAY)
    assert merchant.send("GET", f"/v1/disputes/{dispute['id']}").json["status"] == "under_review"


def test_a_question_about_fraud_takes_no_money_and_is_closed(merchant, payment, document):
    dispute = _dispute(merchant, payment, reason="fraud")
    assert (dispute["phase"], merchant.disputed(payment)) == ("fraud", "0.00")
    _contest(merchant, dispute, action="submit", billing_proof=[document])
    assert merchant.approve(dispute["id"])["status"] == "closed"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"action": "submit"}, "At least one document is needed to submit evidence."),
        ({"action": "shrug"}, "The selected action is invalid."),
        ({"amount": 1001}, "contest amount cannot be greater than dispute amount."),
        ({"summary": "x" * 1001}, "The summary may not be greater than 1000 characters."),
        ({"invalid_proof_type": []}, "invalid_proof_type is/are not required and should not be sent."),
        (
            {"billing_proof": ["doc_EFtmUsbwpXwBH9"]},
            "Invalid file id provided or merchant is unauthorized to access the fileId(s) provided",
        ),
    ],
)
def test_evidence_that_is_none_is_refused(merchant, payment, body, text):
    refused = _contest(merchant, _dispute(merchant, payment), **body)
    assert (refused.status, refused.error["description"]) == (400, text)


def test_no_more_is_disputed_than_was_captured(merchant, payment):
    _dispute(merchant, payment, amount=600)
    body = {"payment": payment, "amount": 500}
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/disputes", json=body)
    assert reply.status_code == 400
    assert merchant.disputed(payment) == "6.00"


def test_a_dispute_can_be_shown_with_its_payment(merchant, payment):
    dispute = _dispute(merchant, payment)
    shown = merchant.send("GET", f"/v1/disputes/{dispute['id']}", {"expand[]": "payment"}).json
    assert shown["payment"]["id"] == payment
    assert merchant.send("GET", "/v1/disputes", {"expand[]": "everything"}).status == 400
