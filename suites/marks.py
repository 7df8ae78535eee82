"""How a test says what it proves, and what it needs."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from runtime.core.payments import Command
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType

__all__ = ["requirement", "requires"]

Test = TypeVar("Test", bound=Callable[..., object])


def requirement(identity: str) -> Callable[[Test], Test]:
    """The requirement in requirements.toml that a test proves."""
    return pytest.mark.requirement(identity)


def requires(*capabilities: type[Command] | CaptureMethod | PaymentMethodType) -> Callable[[Test], Test]:
    """The flows, capture modes and payment methods without which a test is not claimed."""
    # with_args: called with one class alone, a mark would take it for the function to decorate
    return pytest.mark.requires.with_args(*capabilities)
