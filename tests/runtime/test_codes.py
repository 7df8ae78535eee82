"""What connectors share: lists of words beside them, rows with conditions, keys and offers of charges on a mandate."""

import pytest

from runtime.core.codes import meaning, read_words
from runtime.core.connector import Capabilities, Connector, Context, Offer
from runtime.core.errors import InvalidCommand, NotOffered, invalid
from runtime.core.money import Money
from runtime.core.payments import ChargeMandate, Refund, SetupMandate, StoredMethod
from runtime.core.vocabulary import DisputeStatus, ErrorCode, PaymentMethodType, Recovery

EUR = Money(1000, "EUR")
ROWS = (
    ("open", lambda seen: seen["late"], DisputeStatus.EXPIRED),
    ("open", lambda _: True, DisputeStatus.OPENED),
)


@pytest.fixture
def beside(tmp_path):
    def beside(*rows):
        text = "\n".join(["raw,kind,unified,retry,source", *rows])
        (tmp_path / "codes.csv").write_text(text + "\n")
        return str(tmp_path / "tables.py")

    return beside


def test_words_are_read_by_kind_into_their_own_vocabulary(beside):
    file = beside("won,dispute,WON,,page", "won,decline,CARD_DECLINED,NEVER,page", "gone,dispute,LOST,,page")
    assert read_words(file, "dispute", DisputeStatus) == {"won": DisputeStatus.WON, "gone": DisputeStatus.LOST}


@pytest.mark.parametrize("rows", [("won,dispute,WON,,", "won,dispute,LOST,,"), ("won,dispute,CARD_DECLINED,,",)])
def test_a_word_that_stands_twice_or_is_of_another_vocabulary_is_refused(beside, rows):
    with pytest.raises((ValueError, KeyError)):
        read_words(beside(*rows), "dispute", DisputeStatus)


@pytest.mark.parametrize(
    ("raw", "late", "word"),
    [
        ("open", True, DisputeStatus.EXPIRED),
        ("open", False, DisputeStatus.OPENED),
        ("ajar", True, DisputeStatus.UNRESOLVED),
    ],
)
def test_the_first_row_whose_condition_holds_counts_and_no_row_is_unknown(raw, late, word):
    assert meaning(ROWS, raw, {"late": late}, DisputeStatus.UNRESOLVED) is word


def test_every_step_of_a_command_has_a_key_of_its_own_on_every_attempt():
    command, again = (Refund(request_id="r", payment_id="p", amount=EUR) for _ in range(2))
    keys = {command.idempotency_key, command.key_of("customer"), command.key_of("order")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert command.key_of("customer") == again.key_of("customer")


def test_an_invalid_command_can_be_corrected():
    assert isinstance(invalid("no"), InvalidCommand)
    assert invalid("no").error.code is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize(
    ("kind", "money", "offered"),
    [
        (PaymentMethodType.SEPA_DEBIT, EUR, True),
        (PaymentMethodType.SEPA_DEBIT, Money(1000, "USD"), False),
        (PaymentMethodType.IDEAL, EUR, False),
        (PaymentMethodType.OXXO, EUR, False),
    ],
    ids=["offered", "currency", "no mandates", "no such method"],
)
def test_a_charge_on_a_mandate_is_held_against_the_offer_of_its_method(kind, money, offered):
    offers = {
        PaymentMethodType.SEPA_DEBIT: Offer(currencies=frozenset({"EUR"}), mandates=True),
        PaymentMethodType.IDEAL: Offer(currencies=frozenset({"EUR"})),
    }
    can = Capabilities(payment_methods=offers, currencies=frozenset({"EUR", "USD"}), recovery=(Recovery.SYNC,))
    flows = dict.fromkeys((ChargeMandate, SetupMandate), lambda *_: "begun")
    connector = Connector(name="x", gateway="x", version="1", config=object, capabilities=can, flows=flows)
    charge = ChargeMandate(request_id="r", amount=money, mandate_id="m", kind=kind)
    keep = SetupMandate(request_id="r", method=StoredMethod(token="t", kind=kind), currency=money.currency)
    for command in (charge, keep):
        if offered:
            assert connector.exchange(Context(None, 0.0, None), command) == "begun"
        else:
            with pytest.raises(NotOffered):
                connector.exchange(Context(None, 0.0, None), command)
