"""Drift as Allure results: one a contract, with its report beside it.

Source: allurereport.org/docs/how-it-works-test-result-file. The files hold what the report holds, which is redacted.
"""

import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from contracts.drift import DriftReport, Exit

__all__ = ["write_results"]

# A gateway that has something new is no failure: it is told, and read.
_STATUS = {Exit.NONE: "passed", Exit.ADDITIVE: "passed", Exit.BREAKING: "failed", Exit.COULD_NOT_RUN: "broken"}
_KINDS = {"md": "text/markdown", "json": "application/json"}


def write_results(reports: dict[str, DriftReport], folder: Path) -> None:
    """Write the results of reports by the ids of their contracts."""
    folder.mkdir(parents=True, exist_ok=True)
    for identity, report in reports.items():
        texts = {"md": report.as_markdown(), "json": report.as_json()}
        attached = [_attached(folder, kind, text) for kind, text in texts.items()]
        uuid = str(uuid4())
        result = json.dumps(_result(uuid, identity, report, attached), indent=2, ensure_ascii=False)
        (folder / f"{uuid}-result.json").write_text(result + "\n", encoding="utf-8")


def _attached(folder: Path, kind: str, text: str) -> dict[str, str]:
    source = f"{uuid4()}-attachment.{kind}"
    (folder / source).write_text(text, encoding="utf-8")
    return {"name": "drift", "source": source, "type": _KINDS[kind]}


def _result(uuid: str, identity: str, report: DriftReport, attached: list[dict[str, str]]) -> dict[str, Any]:
    gateway = identity.partition("/")[0]
    now = int(time.time() * 1000)
    labels = {"epic": "drift", "feature": gateway, "suite": f"drift of {gateway}"}
    return {
        "uuid": uuid,
        "historyId": sha256(f"drift:{identity}".encode()).hexdigest(),
        "fullName": f"drift:{identity}",
        "name": identity,
        "status": _STATUS[report.exit_code],
        "statusDetails": {"message": report.headline},
        "stage": "finished",
        "start": now,
        "stop": now,
        "labels": [{"name": name, "value": value} for name, value in labels.items()],
        "attachments": attached,
    }
