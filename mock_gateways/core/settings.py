"""What a tenant was told about what the published facts leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_gateways.core.tenants import World


def setting(world: World, name: str) -> int:
    return int(world.settings[name])


def text_setting(world: World, name: str) -> str:
    return str(world.settings[name])
