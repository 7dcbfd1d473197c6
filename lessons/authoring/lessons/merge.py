"""Merge what a lesson's form has with what somebody else has saved since it was opened.

The form's version is a token: the number of the lesson's `version`, and a digest of each field, as the form showed it.
So of each field it is known who changed it. The text itself is merged block by block (`lessons.markup.merge`) from the
DraftVersion of that number. What only one of the two changed is taken from them, and the form is valid (`is_merged`).
What both changed is to be decided: the form has a `conflict`, and its page is `authoring/lesson_conflict.html`. Sent
from there, the form has the token of the version that it is to be merged with, the one that it was opened on
(OPENED_FIELD) and a choice for each conflict. A choice holds while both sides are as the page showed them: it is shown
again if somebody has changed such a field or part of the text since, and asks for that alone.

Code that saves such a form calls `drafts.save_draft` with its `own_draft`: what the user wrote is then a version of
its own, before the merged one. Code that saves it by script answers with `page_state`.
"""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.authoring.base import limited_text
from lessons.db.edit_conflicts import VERSION_FIELD, ConflictingField, VersionedForm, version_of
from lessons.markup import plain_text, sanitise
from lessons.markup.comparison import Row, Skipped, compare
from lessons.markup.merge import BOTH, MINE, THEIRS, Merge, merge, merge_without_base, split_blocks, standalone
from lessons.memo import memoized
from lessons.models import DraftVersion, Lesson
from lessons.practice.described import with_described_checks
from lessons.practice.transfer import checks_in
from lessons.services import draft_version

TEXT_FIELD = "body"
OPENED_FIELD = "opened"
DIGEST_LENGTH = 10
MAX_TOKEN = 2000
SEPARATOR = "."
CONFLICT_MESSAGE = _(
    "Somebody else, or you in another window, saved this after you opened it, and changed the same parts. Nothing is "
    "lost: choose below what to keep of each."
)


@dataclass(frozen=True)
class Token:
    """The version of a lesson that a form was opened on; digests: of its fields, by name."""

    number: int
    digests: Mapping[str, str]

    def __str__(self):
        digests = (f"{name}={digest}" for name, digest in self.digests.items())
        return SEPARATOR.join([str(self.number), *digests])

    @classmethod
    def parse(cls, text: str) -> "Token":
        number, *parts = text.split(SEPARATOR)
        digests = dict(part.split("=", 1) for part in parts if "=" in part)
        return cls(int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1, digests)


@dataclass(frozen=True)
class TextConflict:
    """Blocks of the text to decide about, as safe HTML. name: of the field that has the choice."""

    name: str
    before: SafeString  # the block before them
    mine: SafeString
    theirs: SafeString
    choice: str

    def differences(self) -> list[Row | Skipped]:
        """Return what differs from theirs to mine; nothing if one of them was deleted."""
        return compare(self.theirs, self.mine).rows if self.mine and self.theirs else []


class FieldConflict(NamedTuple):
    name: str
    field: ConflictingField
    choice: str


def make_token(number: int, values: Mapping[str, Any]) -> Token:
    return Token(number, {name: _digest(value) for name, value in values.items() if name != TEXT_FIELD})


def _digest(value: Any) -> str:
    """Return a short digest of a value; of a time to the minute: a page shows no seconds."""
    value = value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value
    return version_of({"": value})[:DIGEST_LENGTH]


def common_version(lesson_id: int, number: int) -> DraftVersion | None:
    """Return the draft of the lesson's version `number`; None if the history does not have it any more."""
    versions = DraftVersion.objects.filter(lesson=lesson_id, first_version__lte=number, last_version__gte=number)
    return versions.order_by("-pk").first()


def prepare_merge(lesson_id: int | None, data: QueryDict) -> None:
    """Do the slow part of a merge within `memoizing`, before the transaction. One query, or three for a merge."""
    token = data.get(OPENED_FIELD) or data.get(VERSION_FIELD, "")
    if not lesson_id or not token:
        return
    number = Token.parse(token).number
    saved = Lesson.objects.filter(pk=lesson_id).exclude(version=number).values_list(TEXT_FIELD, flat=True).first()
    if saved is None:
        return
    with suppress(ValidationError):
        base = common_version(lesson_id, number)
        merged = merge_texts(base.body if base else None, sanitise.clean_html(data.get(TEXT_FIELD, "")), saved)
        sanitise.clean_html(sanitise.clean_html(merged.html(text_choices(merged, data))))


def conflict_names(merged: Merge) -> list[str]:
    """Return a name for each conflict of the text. It says what both sides have, so that no choice counts for another
    conflict than it was made for, whatever was saved since.
    """
    seen: Counter[str] = Counter()
    names = []
    for conflict in merged.conflicts:
        digest = version_of({TEXT_FIELD: [conflict.mine, conflict.theirs]})[:DIGEST_LENGTH]
        seen[digest] += 1
        names.append(f"{TEXT_FIELD}-{digest}-{seen[digest]}")
    return names


def text_choices(merged: Merge, data: QueryDict) -> list[str]:
    """Return what was chosen on the page of conflicts for each conflict of the text; "" where nothing was."""
    return [chosen(data, name) for name in conflict_names(merged)]


def chosen(data: QueryDict, name: str) -> str:
    choice = data.get(f"choice-{name}", "")
    return choice if choice in (MINE, THEIRS, BOTH) else ""


@memoized
def merge_texts(base: str | None, mine: str, theirs: str) -> Merge:
    return merge_without_base(mine, theirs) if base is None else merge(base, mine, theirs)


class MergingForm(VersionedForm):
    """The base of the forms of lessons. After cleaning: conflict, is_merged, and what the user wrote, `own_draft`."""

    instance: Lesson
    conflict_message = CONFLICT_MESSAGE
    merged_text: Merge | None = None
    is_merged = False
    own_draft: Lesson | None = None
    own_token = ""
    opened_version = ""
    taken_over: Sequence[str] = ()
    is_chosen = False

    def row_version(self, row) -> str:
        return str(make_token(row.version, self._saved_values))

    def submitted_version(self) -> str:
        return limited_text(cast(QueryDict, self.data), OPENED_FIELD, MAX_TOKEN) or super().submitted_version()

    def is_saved_version(self, version: str) -> bool:
        """Return whether the row is as the form showed it.

        The page may have more fields than the form, and a program may name the version by its number alone.
        """
        token, saved = Token.parse(version), Token.parse(self._saved_version)
        is_same = all(token.digests.get(name) == digest for name, digest in saved.digests.items())
        return token.number == saved.number and (is_same or not token.digests)

    def find_conflicts(self, version: str) -> list[ConflictingField]:
        """Merge the two, and return what both have changed and nobody has decided."""
        self.opened_version = version
        opened, submitted = Token.parse(version), dict(self.submitted_values())
        differing = super().find_conflicts(version)
        own = {field.name: submitted[field.name] for field in differing}
        conflicts = [field for field in differing if not self._merge_field(field, opened, submitted)]
        if not conflicts and differing:
            self._take_merged(own, opened.number)
        return conflicts

    def _merge_field(self, field: ConflictingField, opened: Token, submitted: dict[str, Any]) -> bool:
        """Put into `cleaned_data` what becomes of a field that differs; return False if that is not decided."""
        name = field.name
        if name == TEXT_FIELD:
            return self._merge_text(opened)
        base = opened.digests.get(name, "")
        choice = self._field_choice(name)
        self.is_chosen |= bool(choice)
        if base == _digest(submitted[name]):
            choice = THEIRS
        elif base == _digest(self._saved_values[name]):
            choice = MINE
        if choice == THEIRS:
            self.cleaned_data[name] = self._saved_value(name)
        return bool(choice)

    def _merge_text(self, opened: Token) -> bool:
        base = common_version(self.instance.pk, opened.number)
        theirs = self._saved_values[TEXT_FIELD]
        self.merged_text = merged = merge_texts(base.body if base else None, self.cleaned_data[TEXT_FIELD], theirs)
        choices = text_choices(merged, cast(QueryDict, self.data))
        self.is_chosen |= any(choices)
        if not all(choices):
            return False
        try:
            self.cleaned_data[TEXT_FIELD] = sanitise.clean_html(merged.html(choices))
        except ValidationError as error:
            self.add_error(TEXT_FIELD, error)
        return True

    def _field_choice(self, name: str) -> str:
        """Return what was chosen for a field, if it is still as the page of conflicts showed it: where many save other
        fields and the text all the time, a choice would never count otherwise.
        """
        shown = Token.parse(super().submitted_version()).digests.get(name)
        is_as_shown = OPENED_FIELD in self.data and shown == _digest(self._saved_values[name])
        return chosen(cast(QueryDict, self.data), name) if is_as_shown else ""

    def _saved_value(self, name: str) -> Any:
        """Return the saved value as cleaning returns it: the instance has not been changed yet."""
        is_column = any(field.name == name for field in self.instance._meta.concrete_fields)
        return getattr(self.instance, name) if is_column else self._saved_values[name]

    def _take_merged(self, own: dict[str, Any], number: int) -> None:
        """Remember what the user wrote, and that other values than the submitted ones are saved."""
        self.is_merged = True
        self.taken_over = [
            name for name, value in own.items() if _digest(self.cleaned_data.get(name)) != _digest(value)
        ]
        kept = [name for name in self.changed_data if name not in own]
        changed = [name for name in own if _digest(self.cleaned_data.get(name)) != _digest(self._saved_values[name])]
        self.changed_data = kept + changed
        draft, base = self._draft_with(own), common_version(self.instance.pk, number)
        if base and base.digest == draft_version(draft, by=None, origin="", version=0).digest:
            self.own_token = self.opened_version  # the user changed tags and the like, if anything
        else:
            self.own_draft = draft
            self.own_token = str(make_token(self.instance.version + 1, {**self.submitted_values(), **own}))

    def _draft_with(self, own: dict[str, Any]) -> Lesson:
        draft = copy.copy(self.instance)
        for field in draft._meta.concrete_fields:
            value = own.get(field.name, self.cleaned_data.get(field.name))
            if value is not None:
                setattr(draft, field.name, value)
        return draft

    def page_state(self) -> dict[str, Any]:
        """Return what a page that has saved the form by script needs to go on, as JSON.

        version: of what is saved. merged: the fields that are not as they were sent. own_version: of what was sent;
        a page that does not show `merged`, because somebody has typed on, sends this version with the next text.
        """
        opened = Token.parse(self.submitted_version())
        saved = make_token(self.instance.version, self.saved_values(self.instance))
        own = Token.parse(self.own_token) if self.own_token else saved
        merged = {name: str(self.cleaned_data[name]) for name in self.taken_over}
        if self.instance.body != self.cleaned_data.get(TEXT_FIELD, self.instance.body):
            merged[TEXT_FIELD] = self.instance.body
        return {
            "version": str(Token(saved.number, {**opened.digests, **saved.digests})),
            "own_version": str(Token(own.number, {**opened.digests, **own.digests})),
            "merged": merged,
        }

    @property
    def field_conflicts(self) -> list[FieldConflict]:
        differing = [field for field in self.conflict if field.name != TEXT_FIELD]
        return [FieldConflict(f"choice-{one.name}", one, self._field_choice(one.name) or MINE) for one in differing]

    @property
    def text_conflicts(self) -> list[TextConflict]:
        """Return the conflicts of the text, each with what comes before it."""
        found: list[TextConflict] = []
        before = ""
        names = conflict_names(self.merged_text) if self.merged_text else []
        for piece in self.merged_text.pieces if self.merged_text else ():
            if isinstance(piece, str):
                before = piece
                continue
            name = names[len(found)]
            choice = chosen(cast(QueryDict, self.data), name) or BOTH
            mine, theirs = (self._described(_shown(html)) for html in (piece.mine, piece.theirs))
            found.append(TextConflict(f"choice-{name}", _last_block(before), mine, theirs, choice))
            before = ""
        return found

    def _described(self, html: SafeString) -> SafeString:
        """Return blocks with their checks. One query, none without checks."""
        return mark_safe(with_described_checks(html, checks_in(html, self.instance.pk)))

    @property
    def resubmitted(self) -> list[tuple[str, str]]:
        """Return what the page of conflicts sends again: names and values of everything but buttons and choices."""
        left_out = {"csrfmiddlewaretoken", OPENED_FIELD, self.version_field}
        submitted = cast(QueryDict, self.data).lists()
        kept = [row for row in submitted if row[0] not in left_out and not row[0].startswith(("_", "choice-"))]
        return [(name, str(value)) for name, values in kept for value in values]


def _shown(blocks: str) -> SafeString:
    """Return sanitised blocks as a page shows them."""
    return mark_safe(sanitise.sanitise(standalone(blocks)))


def _last_block(html: str) -> SafeString:
    """Return the last block with a text of HTML that may begin or end within a list or table."""
    for block in reversed(split_blocks(html)):
        if plain_text.plain_text(block).strip():
            return _shown(block)
    return SafeString("")


def pasted_checks_message() -> str:
    """Say that checks were copied while the text was saved."""
    return str(_("Checks that you pasted are checks of their own here: what you change in one changes no other."))


def version_of_others(lesson: Lesson, user: User) -> DraftVersion | None:
    """Return the last version of the draft that somebody else saved, with its author. One query."""
    versions = lesson.draft_versions.exclude(author=user).exclude(author=None)
    return versions.select_related("author").defer("body").first()


def merged_message(lesson: Lesson, *, by: User, is_published: bool, is_chosen: bool = False) -> str:
    """Say that the lesson was saved, merged with what somebody else had saved. One query.

    is_published: the user wanted to publish it. is_chosen: the user has chosen what to keep of some parts.
    """
    theirs = version_of_others(lesson, by)
    name = theirs.author if theirs else _("Somebody else, or you in another window,")
    message = _("%(name)s saved this lesson while you were writing. You changed different parts, and both are kept.")
    if is_chosen:
        message = _("%(name)s saved this lesson while you were writing. The draft is now as you chose.")
    check = _("The draft is not published yet: check the merged text first.") if is_published else ""
    return f"{message % {'name': name}} {check}".strip()
