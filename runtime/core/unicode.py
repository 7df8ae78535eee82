"""Text that can be written down: what was cut in the middle of a character cannot, in any encoding a gateway reads."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from runtime.core.secret import Secret

__all__ = ["is_unicode", "is_url"]


def is_unicode(value: object) -> bool:
    """Whether all text in a value, however deep, is Unicode: a surrogate pair cut in half is none (RFC 3629, 3)."""
    if isinstance(value, str):
        return value.isascii() or _can_be_written(value)
    if fields := getattr(value, "__dataclass_fields__", None):
        for name in fields:  # no generator: every command passes here, and most fields are empty or plain
            inner = getattr(value, name)
            if not (inner is None or (type(inner) is str and inner.isascii()) or is_unicode(inner)):
                return False
        return True
    if isinstance(value, Secret):
        return is_unicode(value.reveal())
    if isinstance(value, Mapping):
        return all(is_unicode(key) and is_unicode(inner) for key, inner in value.items())
    return True


def is_url(text: str) -> bool:
    """Whether a text is an absolute URL: a scheme, which may be an app's own, and no space or control character."""
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address, or letters that turn into a slash
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and text.isprintable() and " " not in text


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
