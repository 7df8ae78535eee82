"""What a merchant asked for in a contract, and what became of it, so that a connector can be judged by it.

Law: none of it is what the recorded connector said. The words are neutral, those of a ledger: what a connector may call
it is for whoever judges.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Books", "Command", "ToldBy"]

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Minor = Annotated[int, Field(ge=0)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ToldBy(StrEnum):
    """Who knows what became of the money: never the connector that was recorded."""

    LEDGER = "ledger"  # of the simulator that answered
    SCENARIO = "scenario"  # what the gateway publishes of the test values that were used
    PERSON = "person"


class Books(_Row):
    """Where a payment stood, in minor units of its currency (ISO 4217); what is not there was not told.

    `waits` is for whoever has to act before anything moves: the shopper, or the bank.
    """

    authorised: Minor | None = None
    captured: Minor | None = None
    released: Minor | None = None
    refunded: Minor | None = None
    disputed: Minor | None = None
    waits: bool = False


class Command(_Row):
    """What the merchant asked for by these steps, and what became of it.

    `answered` is how the books stood when the last of the steps was answered, `settled` once all that was under way had
    ended, before the next command. `decline` is the gateway's published code of what the test value causes.
    """

    flow: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")]
    steps: Annotated[list[Name], Field(min_length=1)]
    amount: Minor | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    capture: Literal["AUTOMATIC", "MANUAL", "MANUAL_MULTIPLE"] | None = None
    method: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    card: Name | None = None
    holder: str | None = None
    decline: str | None = None
    answered: Books
    settled: Books
