"""What an unhappy case is about, by the labels that the suite gave it; the first that fits is shown."""

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["CATEGORIES", "Category", "for_allure_2"]


@dataclass(frozen=True, slots=True)
class Category:
    """`labels` are patterns over a label's whole value; `message` is the same for Allure 2, which knows no labels."""

    name: str
    statuses: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    message: str = ".*"

    def plain(self) -> dict[str, Any]:
        return asdict(self)


# How the message of a failure begins, waived or not; why a thing is not claimed is told in plain words.
_RAISED = r"[A-Za-z_.]*(Error|Fault|Failed)\b"

CATEGORIES = (
    Category("Suite error", ("broken",)),
    Category("Not claimed", ("skipped",), {"outcome": "^not claimed$"}, rf"(?s)(?!{_RAISED}).*"),
    Category("Waived", ("skipped",), {"outcome": "^waived$"}, rf"(?s){_RAISED}.*"),
    Category("Money", ("failed",), {"requirement": "^MON-"}),
    Category("Unknown outcome", ("failed",), {"requirement": "^(RES|IDM)-"}),
    Category("Signature and webhooks", ("failed",), {"requirement": "^WEB-"}),
)


def for_allure_2() -> list[dict[str, Any]]:
    """The file `categories.json` of Allure 2: only what statuses and messages can tell apart."""
    told = [category for category in CATEGORIES if category.statuses != ("failed",)]
    return [
        {"name": category.name, "matchedStatuses": list(category.statuses), "messageRegex": category.message}
        for category in told
    ]
