"""Money in ISO 4217 minor units, and the amount encodings that gateways use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from iso4217 import Currency

__all__ = ["EXPONENT", "MinorUnits", "Money", "UnrepresentableAmount"]

EXPONENT: Mapping[str, int] = MappingProxyType({c.code: c.exponent for c in Currency if c.exponent is not None})
"""Decimals of every ISO 4217 currency that has minor units (gold, test codes and the like have none)."""


class UnrepresentableAmount(ValueError):
    """An amount that one of the two sides has no number for; never rounded."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in ISO 4217 minor units: 10.00 EUR is 1000, 1000 JPY is 1000, 1.250 KWD is 1250.

    Raises:
        ValueError: the amount is negative or no integer, or ISO gives the currency no exponent.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int or self.minor < 0:
            raise ValueError(f"an amount is a whole number of minor units, zero or more, not {self.minor!r}")
        if self.currency not in EXPONENT:
            raise ValueError(f"{self.currency!r} is no ISO 4217 currency with minor units (codes are upper case)")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """The amount a shopper sees, in major units: `Money.of("10.00", "EUR")`.

        Raises:
            UnrepresentableAmount: the currency has no unit that small.
            ValueError: not a decimal number, negative, or an unknown currency.
        """
        try:
            scaled = Decimal(amount).scaleb(EXPONENT[currency])
        except (InvalidOperation, KeyError):
            raise ValueError(f"{amount!r} {currency!r} is no amount in a known currency") from None
        if scaled != scaled.to_integral_value():
            raise UnrepresentableAmount(f"{currency} has {EXPONENT[currency]} decimals; {amount} needs more")
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-EXPONENT[self.currency])

    def __str__(self) -> str:
        return f"{self.major:f} {self.currency}"


class MinorUnits:
    """An integer on the wire, for a closed list of currencies whose exponent may depart from ISO 4217.

    `exponents` names only the departures; `multiple_of` the currencies whose wire amounts must end in zeros.
    """

    __slots__ = ("_rates", "currencies")

    def __init__(
        self,
        currencies: Iterable[str],
        *,
        exponents: Mapping[str, int] = MappingProxyType({}),
        multiple_of: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.currencies = frozenset(currencies)
        shifts = {code: exponents.get(code, EXPONENT[code]) - EXPONENT[code] for code in self.currencies}
        # (times, divided by, multiple of): whole numbers only, worked out once
        self._rates = {
            code: (10 ** max(shift, 0), 10 ** max(-shift, 0), multiple_of.get(code, 1))
            for code, shift in shifts.items()
        }

    def encode(self, money: Money) -> int:
        """The number the gateway wants.

        Raises:
            UnrepresentableAmount: the gateway does not take the currency, or has no number for the amount.
        """
        times, divisor, multiple = self._rate(money.currency)
        wire, rest = divmod(money.minor * times, divisor)
        if rest or wire % multiple:
            raise UnrepresentableAmount(f"the gateway has no number for {money}; its steps are larger")
        return wire

    def decode(self, wire: int, currency: str) -> Money:
        """The money a gateway's number stands for; `currency` in any case.

        Raises:
            UnrepresentableAmount: ISO units cannot hold it (half a krona), or the currency is not on the list.
        """
        code = currency.upper()
        times, divisor, _ = self._rate(code)
        minor, rest = divmod(wire * divisor, times)
        if rest or minor < 0:
            raise UnrepresentableAmount(f"{wire} {code} on the wire is no amount in ISO 4217 minor units")
        return Money(minor, code)

    def _rate(self, code: str) -> tuple[int, int, int]:
        try:
            return self._rates[code]
        except KeyError:
            raise UnrepresentableAmount(f"the gateway takes no {code}") from None
