"""Signing as a CI job. sigstore is not asked here: a stand-in says what it would, and no more is proven than that."""

import base64
import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from tests.reports.acme import ISSUED, cli

WORKFLOW = "https://github.com/acme/connector/.github/workflows/certify.yaml@refs/heads/main"
TOKEN = "header.identity-of-the-job.signature"
SERVICE_DOWN = ConnectionError(f"POST /signingCert with {TOKEN}: no route")


class _Bundle:
    """A bundle by the field names of sigstore/protobuf-specs, protos/sigstore_bundle.proto."""

    def __init__(self, document):
        self.document = document

    def to_json(self):
        return json.dumps(self.document)


def _signed(statement):
    payload = base64.b64encode(statement.contents).decode()
    envelope = {"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "AAAA"}]}
    media = "application/vnd.dev.sigstore.bundle.v0.3+json"
    return _Bundle({"mediaType": media, "verificationMaterial": {"identity": WORKFLOW}, "dsseEnvelope": envelope})


class _Signer:
    def __enter__(self):
        return SimpleNamespace(sign_dsse=_signed)

    def __exit__(self, *error):
        return None


class _Verifier:
    @classmethod
    def production(cls):
        return cls()

    def verify_dsse(self, bundle, expected):
        if bundle.document["verificationMaterial"]["identity"] != expected.identity:
            raise ValueError("certificate's SANs do not match")
        return "application/vnd.in-toto+json", base64.b64decode(bundle.document["dsseEnvelope"]["payload"])


@pytest.fixture
def sigstore(monkeypatch):
    """What the command uses of sigstore 4, by its names; `token` is what the CI job would be given."""
    given = SimpleNamespace(token=TOKEN, failure=None)

    def credential():
        if given.failure:
            raise given.failure
        return given.token

    config = SimpleNamespace(production=lambda: "trust")
    context = SimpleNamespace(from_trust_config=lambda trust: SimpleNamespace(signer=lambda token: _Signer()))
    parts = {
        "sigstore": {"__path__": []},
        "sigstore.oidc": {"detect_credential": credential, "IdentityToken": lambda raw: raw},
        "sigstore.sign": {"SigningContext": context},
        "sigstore.dsse": {"Statement": lambda contents: SimpleNamespace(contents=contents)},
        "sigstore.models": {
            "ClientTrustConfig": config,
            "Bundle": SimpleNamespace(from_json=lambda raw: _Bundle(json.loads(raw))),
        },
        "sigstore.verify": {"__path__": [], "Verifier": _Verifier},
        "sigstore.verify.policy": {"Identity": lambda identity, issuer: SimpleNamespace(identity=identity)},
    }
    for name, content in parts.items():
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return given


def _certify(acme, *options):
    return cli("certify", acme.bundle / "results.json", "--keyless", "--issued-at", ISSUED, *options)


def _verify(acme, *options):
    return cli("verify", acme.certificate, "--at", ISSUED, *options)


def test_a_certificate_is_signed_by_the_job_and_checked_by_its_identity(acme, sigstore):
    payload = base64.b64decode(acme.envelope["payload"])
    assert _certify(acme, "--connector", acme.wheel)[0] == 0
    assert base64.b64decode(acme.envelope["dsseEnvelope"]["payload"]) == payload, "the same as with a key"
    assert _verify(acme, "--identity", WORKFLOW, *acme.everything()[:2])[0] == 0


@pytest.mark.parametrize("identity", ["https://github.com/evil/connector/.github/workflows/x.yaml@refs/heads/main"])
def test_another_workflow_is_a_stranger(acme, sigstore, identity):
    _certify(acme, "--connector", acme.wheel)
    code, output = _verify(acme, "--identity", identity)
    assert (code, "does not hold: signature: sigstore does not accept it" in output) == (1, True)


def test_what_sigstore_vouches_for_is_what_is_read(acme, sigstore, monkeypatch):
    _certify(acme, "--connector", acme.wheel)
    monkeypatch.setattr(_Verifier, "verify_dsse", lambda self, bundle, expected: ("kind", b"another payload"))
    code, output = _verify(acme, "--identity", WORKFLOW)
    assert (code, "sigstore accepts another payload" in output) == (1, True)


def test_an_identity_did_not_sign_what_was_signed_with_a_key(acme, sigstore):
    code, output = _verify(acme, "--identity", WORKFLOW)
    assert (code, "signed with a key, not by a CI identity" in output) == (1, True)


def test_a_key_did_not_sign_what_an_identity_signed(acme, sigstore):
    _certify(acme, "--connector", acme.wheel)
    code, output = _verify(acme, "--key", acme.key)
    assert (code, "does not hold: signature" in output) == (1, True)


def test_a_bundle_without_an_envelope_is_none(acme):
    acme.put({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "messageSignature": {}})
    code, output = _verify(acme, "--any-signer")
    assert (code, "another kind of document" in output) == (2, True)


def test_without_an_identity_nothing_is_written(acme, sigstore):
    before = acme.certificate.read_bytes()
    sigstore.token = None
    code, output = _certify(acme, "--connector", acme.wheel)
    assert (code, "no CI identity here" in output) == (4, True)
    assert acme.certificate.read_bytes() == before


def test_a_service_that_fails_is_told_without_the_token(acme, sigstore):
    sigstore.failure = SERVICE_DOWN
    code, output = _certify(acme, "--connector", acme.wheel)
    assert (code, "sigstore did not sign it (ConnectionError)" in output, TOKEN in output) == (4, True, False)


def test_without_sigstore_it_says_how_to_get_it(acme, monkeypatch):
    monkeypatch.setitem(sys.modules, "sigstore", None)
    monkeypatch.setitem(sys.modules, "sigstore.oidc", None)
    code, output = _certify(acme, "--connector", acme.wheel)
    assert (code, "pip install 'assay[keyless]'" in output) == (4, True)


def test_a_tree_cannot_be_signed_so(acme, sigstore):
    for options in ((), ("--connector", acme.connector)):
        code, output = _certify(acme, *options)
        assert (code, "sigstore signs no trees" in output) == (4, True)
