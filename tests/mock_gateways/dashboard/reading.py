"""A reader of the pages of one merchant's world, and of what stands in their HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import Client

__all__ = ["NONE", "Reader", "parse"]

NONE = "\N{EN DASH}"
VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Element:
    """A tag with its attributes, and all the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        found = [self] if self._is(tag, attributes) else []
        return found + [element for child in self.children for element in child.all(tag, **attributes)]

    def _is(self, tag: str, attributes: dict[str, str]) -> bool:
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return self.tag == tag and wanted.items() <= self.attributes.items()

    def rows(self, label: str) -> list[list[str]]:
        """The cells of the body of the table in the region of this name."""
        (region,) = self.all("div", role="region", aria_label=label)
        (body,) = region.all("tbody")
        return [[" ".join(cell.text.split()) for cell in row.children] for row in body.all("tr")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def parse(html: str) -> Element:
    """The document, in which every tag is closed in its turn."""
    reader = _Reader()
    reader.feed(html)
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.open[0]


class Reader:
    """Somebody who opens the pages of a tenant, and presses what is on them."""

    def __init__(self, app: Any, tenant: str) -> None:
        self.client, self.base = Client(app.wsgi_app), f"/_mock/pages/{tenant}"

    def get(self, path: str = "", status: int = 200) -> Element:
        reply = self.client.get(f"{self.base}/{path}" if path else self.base)
        assert (reply.status_code, reply.content_type) == (status, "text/html; charset=utf-8")
        return parse(reply.get_data(as_text=True))

    def form(self, path: str, button: str, nth: int = 0) -> tuple[str, dict[str, str]]:
        """Where the nth form with a button of this text is sent, and what it sends by itself."""
        page = self.get(path)
        form = [form for form in page.all("form") if any(b.text.strip() == button for b in form.all("button"))][nth]
        inputs = {field.attributes["name"]: field.attributes.get("value", "") for field in form.all("input")}
        for select in form.all("select"):
            first = select.all("option")[0]
            inputs[select.attributes["name"]] = first.attributes.get("value", first.text)
        return form.attributes["action"], inputs

    def press(self, path: str, button: str, nth: int = 0, /, **typed: str) -> Element:
        """The page that one comes to by pressing a button, having typed something."""
        action, fields = self.form(path, button, nth)
        reply = self.client.post(action, data={**fields, **typed})
        assert reply.status_code == 303, reply.get_data(as_text=True)
        back = self.client.get(reply.headers["Location"])
        assert back.status_code == 200
        return parse(back.get_data(as_text=True))

    def refused(self, path: str, button: str, /, **typed: str) -> tuple[int, str]:
        """The status and words with which a form is refused."""
        action, fields = self.form(path, button)
        reply = self.client.post(action, data={**fields, **typed})
        (alert,) = parse(reply.get_data(as_text=True)).all("p", role="alert")
        return reply.status_code, alert.text
