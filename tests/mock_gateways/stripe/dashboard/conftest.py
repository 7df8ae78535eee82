"""Whoever opens the pages of a merchant's world."""

from typing import Any

import pytest

from tests.mock_gateways.dashboard.reading import Reader


@pytest.fixture
def reader(merchant: Any) -> Reader:
    return Reader(merchant.app, merchant.tenant)
