"""The files of the demo as plain objects. `class/README.md` describes them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "class"


class InvalidDemo(ValueError):
    """A file of the demo is wrong; the message names the file and the entry."""


class Person(NamedTuple):
    """Somebody in the class, or one of the accounts with which people try the site.

    joined: days ago. lessons_read: how many, in their order; `position`: in thousandths of the next one.
    """

    key: str
    email: str
    name: str = ""
    role: str = "learner"
    group: str = ""
    about: str = ""
    joined: int = 21
    last_seen: str = "3 hours ago"
    lessons_read: int = 0
    position: int = 0


class DueDate(NamedTuple):
    """days: after that of loading."""

    lesson: str
    days: int
    time: str


class Term(NamedTuple):
    """week: in which of its weeks the course is when the demo is loaded. weeks: how many it has."""

    week: int
    weeks: int


class Participation(NamedTuple):
    """What the class is asked to contribute by a day; `days` after that of loading."""

    name: str
    days: int
    time: str
    notes: int = 0
    note_days: int = 0
    replies: int = 0
    checks: int = 0


class DemoAnswer(NamedTuple):
    """An answer to the check with this number in a lesson. value: a text, or numbers of options from 1, in order."""

    lesson: str
    check: int
    by: str
    value: str | list[int]


class UnpublishedChange(NamedTuple):
    """A change of words in the draft of a lesson, not published yet."""

    lesson: str
    by: str
    at: str
    old: str
    new: str


@dataclass
class DemoPost:
    by: str
    at: str
    text: str
    answers: int = 0
    alias: str = ""
    thanks: tuple[str, ...] = ()
    is_held: bool = False
    is_deleted: bool = False
    reports: dict[str, str] = field(default_factory=dict)


@dataclass
class Conversation:
    """A discussion, or a note with its replies; a highlight has no posts.

    answer: the number of the post that is marked as the answer.
    """

    file: str
    by: str
    at: str
    lesson: str = ""
    quote: str = ""
    label: str = ""
    kind: str = "discussion"
    title: str = ""
    audience: str = "course"
    tags: tuple[str, ...] = ()
    is_pinned: bool = False
    is_closed: bool = False
    answer: int = 0
    endorsed_by: str = ""
    me_too: tuple[str, ...] = ()
    posts: list[DemoPost] = field(default_factory=list)


class DemoClass(NamedTuple):
    term: Term
    people: list[Person]
    due_dates: list[DueDate]
    changes: list[UnpublishedChange]
    participation: Participation
    answers: list[DemoAnswer]
    conversations: list[Conversation]


def read_class(folder: Path = FOLDER) -> DemoClass:
    """Read the files of the demo. Raise InvalidDemo."""
    values = tomllib.loads((folder / "class.toml").read_text())
    people = [Person(key, **fields) for key, fields in values["people"].items()]
    due_dates = [DueDate(lesson, **fields) for lesson, fields in values["due"].items()]
    changes = [UnpublishedChange(lesson, **fields) for lesson, fields in values.get("unpublished", {}).items()]
    conversations: list[Conversation] = []
    for path in sorted(folder.glob("discussions/*.md")):
        conversations += _conversations(path, "")
    for path in sorted(folder.glob("notes/*.md")):
        conversations += _conversations(path, path.stem.partition("-")[2])
    participation, answers = Participation(**values["participation"]), list(_answers(folder / "answers.toml"))
    return DemoClass(Term(**values["term"]), people, due_dates, changes, participation, answers, conversations)


def _answers(path: Path) -> Iterator[DemoAnswer]:
    for lesson, checks in tomllib.loads(path.read_text()).items():
        for number, answers in checks.items():
            for by, value in answers.items():
                yield DemoAnswer(lesson, int(number), by, [value] if isinstance(value, int) else value)


KEYS_OF_POSTS = {"by", "at", "answers", "alias", "thanks", "held", "deleted"}
KEYS_OF_CONVERSATIONS = {"me too", "endorsed by"} | set(
    "lesson quote label kind title audience tags pinned closed answer".split()
)


def _conversations(path: Path, lesson: str) -> Iterator[Conversation]:
    """Yield the conversations of a file: an entry with a title or a quote begins one, others reply to it."""
    current: Conversation | None = None
    for values, text in _entries(path):
        reports = {key.removeprefix("report by "): values[key] for key in values if key.startswith("report by ")}
        unknown = values.keys() - KEYS_OF_POSTS - KEYS_OF_CONVERSATIONS - {f"report by {who}" for who in reports}
        if unknown or not {"by", "at"} <= values.keys():
            raise InvalidDemo(f"{path.name}: an entry has unknown keys, {unknown}, or neither by nor at: {values}")
        if "title" in values or "quote" in values or current is None:
            if current:
                yield current
            current = _conversation(path, values, lesson)
        if text:
            current.posts.append(_post(values, text, reports))
    if current:
        yield current


def _conversation(path: Path, values: dict[str, str], lesson: str) -> Conversation:
    return Conversation(
        file=f"{path.parent.name}/{path.name}",
        by=values["by"],
        at=values["at"],
        lesson=values.get("lesson", lesson),
        quote=values.get("quote", ""),
        label=values.get("label", "note" if "quote" in values else ""),
        kind=values.get("kind", "discussion"),
        title=values.get("title", ""),
        audience=values.get("audience", "course"),
        tags=_list(values.get("tags")),
        is_pinned="pinned" in values,
        is_closed="closed" in values,
        answer=int(values.get("answer", 0)),
        endorsed_by=values.get("endorsed by", ""),
        me_too=_list(values.get("me too")),
    )


def _post(values: dict[str, str], text: str, reports: dict[str, str]) -> DemoPost:
    return DemoPost(
        by=values["by"],
        at=values["at"],
        text=text,
        answers=int(values.get("answers", 0)),
        alias=values.get("alias", ""),
        thanks=_list(values.get("thanks")),
        is_held="held" in values,
        is_deleted="deleted" in values,
        reports=reports,
    )


def _entries(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the keys and the text of each entry: lines of “key: value” between two lines of “---”, then the text."""
    parts: list[list[str]] = [[]]
    for line in path.read_text().splitlines():
        if line == "---":
            parts.append([])
        else:
            parts[-1].append(line)
    if len(parts) < 3 or len(parts) % 2 == 0 or parts[0]:
        raise InvalidDemo(f"{path.name}: each entry needs lines of “key: value” between two lines of “---”.")
    for head, text in zip(parts[1::2], parts[2::2], strict=True):
        pairs = (line.partition(":")[::2] for line in head)
        yield {key.strip(): value.strip() for key, value in pairs}, "\n".join(text).strip()


def _list(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",")) if value else ()
