"""Signing without a key to keep: as a CI job, through sigstore. The one part of this package that calls out.

Needs the extra `keyless`, which is read only when it is asked for. A key is made for one signature, the identity's
provider says whose it is, and a public log keeps when. Sources: docs.sigstore.dev/cosign/signing/overview,
sigstore/protobuf-specs, protos/sigstore_bundle.proto.
"""

import base64
from importlib import import_module
from typing import Any

__all__ = ["MEDIA_TYPE", "KeylessFailure", "doubt", "sealed_by_identity"]

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle"  # with a version behind it


class KeylessFailure(ValueError):
    """It cannot be signed or checked this way here; the message says what is missing."""


def _part(name: str) -> Any:
    """A module of sigstore, which has no place in an environment that does not sign so."""
    try:
        return import_module(f"sigstore.{name}")
    except ModuleNotFoundError:
        raise KeylessFailure("sigstore is not installed: pip install 'assay[keyless]'") from None


def sealed_by_identity(payload: bytes) -> bytes:
    """A sigstore bundle around the payload, signed as the CI job that runs this.

    Raises:
        KeylessFailure: no sigstore, no identity, or a service that did not answer.
    """
    oidc, sign, dsse, models = (_part(name) for name in ("oidc", "sign", "dsse", "models"))
    try:
        token = oidc.detect_credential()
        context = sign.SigningContext.from_trust_config(models.ClientTrustConfig.production()) if token else None
        if context:
            with context.signer(oidc.IdentityToken(token)) as signer:
                bundle = signer.sign_dsse(dsse.Statement(payload))
    except Exception as error:  # noqa: BLE001 - services, network, token: none of it is ours, and it may hold the token
        raise KeylessFailure(f"sigstore did not sign it ({type(error).__name__})") from None
    if context is None:
        raise KeylessFailure("no CI identity here: sign with --key, or in a job that may ask for an identity token")
    return str(bundle.to_json()).encode() + b"\n"


def doubt(document: bytes, payload: bytes, *, identity: str, issuer: str) -> str | None:
    """Why this identity has not signed this payload, or None if it has. Refreshes sigstore's trust root if it can.

    Raises:
        KeylessFailure: sigstore is not installed.
    """
    models, verify, policy = (_part(name) for name in ("models", "verify", "verify.policy"))
    try:
        bundle = models.Bundle.from_json(document)
        expected = policy.Identity(identity=identity, issuer=issuer)
        _, signed = verify.Verifier.production().verify_dsse(bundle, expected)
    except Exception as error:  # noqa: BLE001 - whatever stops the check, it has not been shown that they signed it
        return f"sigstore does not accept it ({type(error).__name__}): {str(error)[:200]}"
    return None if signed == payload else f"sigstore accepts another payload ({_short(signed)}) in the same bundle"


def _short(payload: bytes) -> str:
    return base64.b64encode(payload[:12]).decode() + "..."
