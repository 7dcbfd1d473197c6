"""Reading the forms of a page in tests."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

VALUELESS = {"submit", "button", "reset", "image", "file"}


def form_key_on(response) -> str:
    """Return the key of the form that creates something on the page."""
    return re.search(r'name="form_key" value="([^"]+)"', response.content.decode())[1]


@dataclass
class PageForm:
    """A form as a browser would submit it. `texts` are the names of fields to write in, `buttons` name and value."""

    url: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list["Button"] = field(default_factory=list)


class Button(NamedTuple):
    """A button of a form; `url` is where it submits the form to."""

    name: str
    value: str
    url: str


class _FormParser(HTMLParser):
    def __init__(self, url: str):
        super().__init__()
        self.url, self.forms, self.by_id, self.outside = url, [], {}, []
        self._form = self._area = self._select = None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "form":
            url = urljoin(self.url, attributes.get("action") or "")
            self._form = PageForm(url, (attributes.get("method") or "get").lower())
            self.forms.append(self._form)
            self.by_id[attributes.get("id")] = self._form
        kind = attributes.get("type") or "text"
        if tag == "button" and kind in ("text", "submit") or tag == "input" and kind == "submit":
            url = urljoin(self.url, attributes["formaction"]) if "formaction" in attributes else ""
            if "disabled" not in attributes:
                self.outside.append((attributes.get("form"), self._form, Button(name, value, url)))
        if self._form is None or "disabled" in attributes:
            return
        if tag == "input" and name:
            self._input(name, value, kind, "checked" in attributes)
        elif tag == "textarea" and name:
            self._area, self._form.fields[name] = name, [""]
            self._form.texts.append(name)
        elif tag == "select" and name:
            self._select = name
            self._form.fields.setdefault(name, [])
            self._form.choices[name] = []
        elif tag == "option" and self._select:
            self._form.choices[self._select].append(value)
            if "selected" in attributes:
                self._form.fields[self._select].append(value)

    def close(self):
        """Give each button to its form, which may come later on the page."""
        super().close()
        for form_id, around, button in self.outside:
            form = around if form_id is None else self.by_id.get(form_id)
            if form is not None:
                form.buttons.append(button._replace(url=button.url or form.url))

    def _input(self, name, value, kind, is_checked):
        if kind == "file":
            self._form.files.append(name)
        elif kind in ("checkbox", "radio"):
            if is_checked:
                self._form.fields.setdefault(name, []).append(value or "on")
            self._form.choices.setdefault(name, []).append(value or "on")
        elif kind not in VALUELESS:
            self._form.fields.setdefault(name, []).append(value)
            if kind in ("text", "search", "email", "url"):
                self._form.texts.append(name)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            if self._form is not None and self._area:
                text = self._form.fields[self._area][0]
                self._form.fields[self._area] = [text.removeprefix("\n")]
            self._area = None
        elif tag == "select":
            if self._form is not None and self._select and not self._form.fields[self._select]:
                self._form.fields[self._select] = self._form.choices[self._select][:1]
            self._select = None

    def handle_data(self, data):
        if self._area and self._form is not None:
            self._form.fields[self._area][0] += data


def forms_of(html: str, url: str) -> list[PageForm]:
    """Return the POST forms of a page."""
    parser = _FormParser(url)
    parser.feed(html)
    parser.close()
    return [form for form in parser.forms if form.method == "post"]


def forms_on(response) -> list[PageForm]:
    """Return the POST forms of a page from Django's test client."""
    return forms_of(response.content.decode(), response.wsgi_request.get_full_path())
