"""A small certification of a connector that does not exist, laid out in a folder as a verifier would hold it."""

import copy
import json
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from click.testing import CliRunner
from securesystemslib.dsse import Envelope

from reports.__main__ import main
from reports.digests import tree_digest
from reports.results import Case, Results, combine, judge
from reports.signing import PAYLOAD_TYPE, new_key, private_key

ISSUED, LATER = "2026-11-21T10:00:00Z", "2026-12-01T00:00:00Z"

REQUIREMENTS = """\
version = "0.1"
[areas]
SEC = "security"
MON = "money"
LIF = "lifecycle"
WEB = "webhooks"
RES = "resilience"
[[state]]
state = 1
title = "structure"
[[state]]
state = 2
title = "payments"
flows = ["Authorize", "Void"]
[[state]]
state = 3
title = "refunds"
flows = ["Refund"]
[[state]]
state = 4
title = "production"
areas = ["resilience"]
"""
# id, title, area, state, waivable, cases as (outcome, why, source)
ROWS = [
    ("SEC-001", "No secret is printed", "security", 1, False, [("pass", "", "")]),
    ("MON-001", "Money is exact", "money", 2, False, [("pass", "", ""), ("pass", "", "")]),
    ("LIF-001", "A refund is found again", "lifecycle", 3, True, [("waived", "AssertionError: not found", "")]),
    ("WEB-005", "A stale delivery is rejected", "webhooks", 3, False,
     [("not claimed", "deliveries carry no time", "acme.example/webhooks")]),
    ("RES-001", "A lost answer is found", "resilience", 4, True, [("not claimed", "Recovery is not declared", "")]),
    ("RES-002", "A late answer is no failure", "resilience", 4, True, [("pass", "", "")]),
]  # fmt: skip
RULES = [
    {"state": 1, "title": "structure", "needs": [], "areas": []},
    {"state": 2, "title": "payments", "needs": ["Authorize", "Void"], "areas": []},
    {"state": 3, "title": "refunds", "needs": ["Refund"], "areas": []},
    {"state": 4, "title": "production", "needs": [], "areas": ["resilience"]},
]
WAIVER = {
    "requirement": "LIF-001", "reason": "acme answers a day late", "owner": "payments@acme.example",
    "issue": "acme#12", "expires": "2027-01-31", "status": "used",
}  # fmt: skip
CLAIMS = {
    "payment_methods": {"CARD": {"captures": ["AUTOMATIC"], "currencies": None, "refunds": True, "mandates": False}},
    "currencies": ["EUR", "JPY"], "recovery": ["SYNC"], "idempotent": ["Authorize"],
    "not_offered": {"Void": "acme.example/voids"},
}  # fmt: skip


def cli(*arguments):
    """Run `python -m reports` in this process: its exit code, and all it said."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def refused_for(output):
    """The checks that a verification says do not hold."""
    lines = [line.split(": ") for line in output.splitlines() if line.startswith("does not hold: ")]
    return {": ".join(words[1:3]) if words[1] == "results" and words[2].isidentifier() else words[1] for words in lines}


@dataclass(frozen=True)
class Acme:
    root: Path

    @property
    def certificate(self):
        return self.bundle / "certificate.json"

    @property
    def bundle(self):
        return self.root / "bundle"

    @property
    def connector(self):
        return self.root / "acme"

    @property
    def wheel(self):
        return self.root / "acme-1.0-py3-none-any.whl"

    @property
    def checkout(self):
        return self.root / "checkout"

    @property
    def key(self):
        return self.root / "keys/assay-public.pem"

    @property
    def secret(self):
        return self.root / "keys/assay-private.pem"

    def certify(self, *options):
        return cli("certify", self.bundle / "results.json", "--key", self.secret, "--issued-at", ISSUED, *options)

    def verify(self, *options, at=LATER):
        return cli("verify", self.certificate, "--key", self.key, "--at", at, *options)

    def everything(self):
        return ("--bundle", self.bundle, "--connector", self.connector, "--suite", self.checkout)

    # -- as somebody who meddles would

    @property
    def envelope(self):
        return json.loads(self.certificate.read_text())

    def statement(self):
        return json.loads(Envelope.from_dict(copy.deepcopy(self.envelope)).payload)

    def put(self, document):
        self.certificate.write_text(json.dumps(document))

    def seal(self, payload, kind=PAYLOAD_TYPE, secret=None):
        """Sign any payload with the right key: only what it says can then give it away."""
        text = payload if isinstance(payload, bytes) else spelled(payload)
        envelope = Envelope(text, kind, {})
        envelope.sign(private_key(secret or self.secret))
        self.put(envelope.to_dict())


def spelled(statement):
    """Canonical JSON by another hand than the one that is tested: RFC 8785 for ASCII names and whole numbers."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def lay_out(root):
    """Everything but the certificate."""
    acme = Acme(root)
    for name, text in {
        "acme/__init__.py": "CONNECTOR = 1\n",
        "acme/codes.json": "{}\n",
        "checkout/suites/test_money.py": "def test_money(): ...\n",
        "checkout/mock_gateways/acme.py": "APP = 1\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    listed = REQUIREMENTS + "".join(_listed(row) for row in ROWS)
    (acme.checkout / "suites/requirements.toml").write_text(listed)
    inventory = sha256(listed.encode()).hexdigest()
    score = {"inventory": inventory, "connectors": {"acme": {"mutants": 12, "killed": 11}}}
    (acme.checkout / "suites/mutant-score.json").write_text(json.dumps(score))
    with zipfile.ZipFile(acme.wheel, "w") as wheel:
        for file in sorted(acme.connector.iterdir()):
            wheel.write(file, f"acme/{file.name}")
    (acme.bundle / "evidence").mkdir(parents=True)
    (acme.bundle / "results.json").write_text(results(acme, inventory).model_dump_json(indent=2))
    new_key(root / "keys")
    return acme


def _listed(row):
    waivable = str(row[4]).lower()
    return f'[[requirement]]\nid = "{row[0]}"\ntitle = "{row[1]}"\nstate = {row[3]}\nwaivable = {waivable}\n'


def results(acme, inventory, rows=ROWS, waivers=(WAIVER,), **changes):
    """The results of a run, as the suite would write them."""
    told = [_row(acme, row) for row in rows]
    outcomes = ("pass", "fail", "error", "not claimed", "waived", "not run")
    connector = {"name": "acme", "version": "1.0", "gateway": "acme", "flows": ["Authorize", "Refund", "PSync"]}
    given = {
        "suite": "0.1.0",
        "suite_digest": tree_digest(acme.checkout / "suites", leave_out={"mutant-score.json"}),
        "inventory_digest": inventory,
        "simulator_digest": tree_digest(acme.checkout / "mock_gateways"),
        "connector": connector | {"digest": tree_digest(acme.connector)},
        "capabilities": CLAIMS, "states": RULES, "mutants": {"mutants": 12, "killed": 11},
        "lane": "simulator", "mode": "certify", "complete": True, "seed": 7,
        "python": "3.11.7", "platform": "Linux x86_64", "requirements": told, "waivers": waivers,
        "counts": {outcome: sum(row["outcome"] == outcome for row in told) for outcome in outcomes},
        "verdict": {"certified": True, "exit_code": 0, "state": 3, "reasons": []},
    } | changes  # fmt: skip
    found = Results.model_validate(given)
    rest = {"lane": found.lane, "contracts": found.contracts}
    verdict = judge(found.requirements, found.waivers, complete=found.complete, mode=found.mode, state=3, **rest)
    return found.model_copy(update={"verdict": verdict})


def _row(acme, row):
    identity, title, area, state, waivable, told = row
    cases = [
        Case(
            name=f"test_{identity.lower().replace('-', '_')}[{number}]", outcome=outcome, message=why,
            excused=bool(source), source=source, **_evidence(acme, identity, number, outcome),
        )
        for number, (outcome, why, source) in enumerate(told)
    ]  # fmt: skip
    fields = {"id": identity, "title": title, "area": area, "state": state, "waivable": waivable}
    return fields | {"outcome": combine(cases).value, "cases": [case.model_dump(mode="json") for case in cases]}


def _evidence(acme, identity, number, outcome):
    if outcome == "not claimed":
        return {"exchanges": 0, "evidence": None}
    exchange = {"request": {"method": "POST", "path": f"/{identity}/{number}"}, "response": {"status": 200}}
    text = spelled([exchange])
    digest = sha256(text).hexdigest()
    (acme.bundle / "evidence" / f"{digest}.json").write_bytes(text)
    return {"exchanges": 1, "evidence": digest}
