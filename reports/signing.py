"""Signatures: DSSE envelopes signed with ed25519, offline; keys are PEM files.

Source of the envelope: secure-systems-lab/dsse, protocol.md and envelope.md. Making and checking signatures is left to
securesystemslib. A private key is never printed, and no message holds what a file said.
"""

import base64
import binascii
import copy
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # its public names

from reports.digests import canonical

__all__ = [
    "PAYLOAD_TYPE",
    "NotAnEnvelope",
    "Sealed",
    "UnusableKey",
    "new_key",
    "opened",
    "private_key",
    "public_key",
    "sealed",
]

PAYLOAD_TYPE = "application/vnd.in-toto+json"  # in-toto attestation, spec/v1/envelope.md
_PRIVATE, _PUBLIC = "assay-private.pem", "assay-public.pem"


class UnusableKey(ValueError):
    """A key file that cannot be used; the message names file and reason."""


class NotAnEnvelope(ValueError):
    """JSON that is no DSSE envelope; the message names the field."""


def new_key(folder: Path) -> tuple[Path, Path]:
    """A fresh pair: the private key, which only its owner may read, and the public one to hand out.

    Raises:
        UnusableKey: a key is there already; it is never overwritten.
    """
    private, public = folder / _PRIVATE, folder / _PUBLIC
    if private.exists() or public.exists():
        raise UnusableKey(f"{folder}: holds a key already")
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(CryptoSigner(key).private_bytes)
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(key.public_key().public_bytes(*form))
    return private, public


def private_key(file: Path) -> CryptoSigner:
    """Raises UnusableKey: missing, encrypted, or no ed25519 private key in PEM."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except TypeError:
        raise UnusableKey(f"{file}: is encrypted; give the key in the clear, from a secret store") from None
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"{file}: {_why(error, 'private')}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"{file}: not an ed25519 key; make one with python -m reports keygen")
    return CryptoSigner(key)


def public_key(file: Path) -> SSlibKey:
    """Raises UnusableKey: missing, or no ed25519 public key in PEM."""
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"{file}: {_why(error, 'public')}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UnusableKey(f"{file}: not an ed25519 key")
    return SSlibKey.from_crypto(key)


def _why(error: Exception, kind: str) -> str:
    return str(error.strerror) if isinstance(error, OSError) else f"no {kind} key in PEM"


def sealed(payload: bytes, signer: CryptoSigner) -> bytes:
    """The signed envelope as canonical JSON. ed25519 has no randomness: the same payload gives the same bytes."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict()) + b"\n"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An opened envelope: what it holds, and who may be asked whether that is so."""

    payload: bytes = field(repr=False)
    payload_type: str
    _document: dict[str, Any] = field(repr=False)

    @property
    def key_ids(self) -> list[str]:
        return [str(signature.get("keyid", "")) for signature in self._document["signatures"]]

    def doubt(self, key: SSlibKey) -> str | None:
        """Why the owner of this key has not signed this, or None if they have."""
        if not self.key_ids:
            return "nobody signed it"
        if key.keyid not in self.key_ids:
            return f"signed by {self.key_ids[0][:16]}..., not by the key given ({key.keyid[:16]}...)"
        try:
            # It changes what it reads, so it is given a copy.
            Envelope.from_dict(copy.deepcopy(self._document)).verify([key], 1)
        except (VerificationError, FormatError, ValueError, KeyError, TypeError) as error:
            return f"the signature is not over this certificate ({type(error).__name__})"
        return None


def opened(document: dict[str, Any]) -> Sealed:
    """Raises NotAnEnvelope: a field is missing, of another type, or no base64."""
    payload, kind, signatures = (document.get(name) for name in ("payload", "payloadType", "signatures"))
    if not isinstance(payload, str) or not isinstance(kind, str):
        raise NotAnEnvelope("payload and payloadType: expected texts")
    if not isinstance(signatures, list) or not all(isinstance(one, dict) for one in signatures):
        raise NotAnEnvelope("signatures: expected a list of objects")
    try:
        raw = base64.b64decode(payload, validate=True)
    except binascii.Error:
        raise NotAnEnvelope("payload: not base64; truncated?") from None
    return Sealed(raw, kind, json.loads(json.dumps(document)))
