"""What can be wrong with a contract.

ContractError
|-- ContractInvalid   a file cannot be believed: malformed, of a future version, tampered with
|-- Refused           a recording may not be written, or a request sent: it holds, or may hold, what must not be
`-- Unresolvable      a placeholder stands for nothing that is known
"""

__all__ = ["ContractError", "ContractInvalid", "Refused", "Unresolvable"]


class ContractError(Exception):
    """Whatever keeps a contract from being read, written or used."""


class ContractInvalid(ContractError):
    """A file, the place in it, and why it cannot be believed. The reason never quotes the file's values."""

    def __init__(self, file: str, path: str, reason: str) -> None:
        super().__init__(f"{file}: {path}: {reason}")
        self.file, self.path, self.reason = file, path, reason


class Refused(ContractError):
    """Nothing is written, or sent. `reasons` say what was found and where, never the thing itself."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("refused: " + "; ".join(reasons))
        self.reasons = reasons


class Unresolvable(ContractError):
    """A placeholder that nobody gave a value."""
