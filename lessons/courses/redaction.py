"""Redact users' names, handles and e-mail addresses from texts, whatever their case, accents and encoding.

A user's own texts lose the name, its parts and everything else that names them. Other people's texts lose mentions,
addresses and full names: a first name alone is often somebody else's, or a word.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.markup.folding import SPECIAL, fold, fold_character, fold_with_offsets
from lessons.markup.scripts import HANGUL, UNSPACED_LETTERS

# Shorter parts of names are ordinary words in many languages.
MIN_PART_LENGTH = 3
PARTICLES = {"von", "van", "der", "den", "des", "del", "dos", "das", "las", "los", "the", "bin", "ibn", "und", "and"}
# Scripts that are written without spaces between words, or with particles joined to a name.
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}{HANGUL}]")
WORD = re.compile(r"[^\W_]+")
NOTHING = r"(?!)"
TAG = re.compile(r"(<[^>]*>)")
TEXT_ATTRIBUTE = re.compile(r'((?:href|src|alt|alttext|title|cite)=")([^"]*)(")')
LINK_TO = r'<a [^>]*href="{}[^"]*"[^>]*>(.*?)</a>'


class PersonNames(NamedTuple):
    """A user's name, handles by course id, and e-mail addresses."""

    user_id: int
    name: str
    emails: tuple[str, ...]
    handles: dict[int, str]


def collect_names(users: Iterable[User], course: Course | None = None) -> list[PersonNames]:
    """Return each user's name and addresses, with their handles in one course or in all. Two queries."""
    users = list(users)
    memberships = Membership.objects.filter(user__in=users)
    if course:
        memberships = memberships.filter(course=course)
    handles: dict[int, dict[int, str]] = defaultdict(dict)
    for user_id, course_id, handle in memberships.values_list("user_id", "course_id", "handle"):
        handles[user_id][course_id] = handle
    emails: dict[int, set[str]] = defaultdict(set)
    addresses = User.objects.filter(pk__in=[user.pk for user in users]).values_list("pk", "emailaddress__email")
    for user_id, address in chain(addresses, ((user.pk, user.email) for user in users)):
        if address:
            emails[user_id].add(address.lower())
    return [
        PersonNames(user.pk, user.display_name, tuple(sorted(emails[user.pk])), handles[user.pk]) for user in users
    ]


class Redactor:
    """Replaces what names these people by “former member”.

    `words` are parts of names that are ordinary words, too: in lower case they stay.
    """

    def __init__(self, people: Iterable[PersonNames], words: Iterable[str] = ()):
        self.people = list(people)
        self.words = frozenset(words)
        self.course_ids = {course_id for person in self.people for course_id in person.handles}
        emails = [pattern for person in self.people for pattern in _email_patterns(person)]
        shared: dict[int, list[str]] = defaultdict(list)
        for person in self.people:
            for course_id in person.handles:
                shared[course_id] += [*_handle_patterns(person, [person.handles[course_id]]), *_full_names(person)]
        self._anywhere = _compile(emails)
        self._in_course = {course_id: _compile([*emails, *patterns]) for course_id, patterns in shared.items()}
        self._in_any_course = _compile([*emails, *chain.from_iterable(shared.values())])
        self._own = {person.user_id: _compile(_own_patterns(person)) for person in self.people}
        self._link = re.compile(LINK_TO.format(re.escape(_("former member"))))

    @property
    def user_ids(self) -> list[int]:
        return list(self._own)

    def redact(self, text: str, *, course_id: int | None, author_id: int | None = None) -> str:
        """Redact Markdown or plain text by this author (None: somebody else), in this course (None: any)."""
        for pattern in self._patterns(course_id, author_id):
            text = self._replace(text, pattern)
        return text

    def redact_html(self, html: str, *, course_id: int | None, author_id: int | None = None) -> str:
        """Redact sanitised HTML by this author, in this course, and remove links to the people's addresses."""
        patterns = [pattern for pattern in self._patterns(course_id, author_id) if self._may_match(html, pattern)]
        pieces = TAG.split(html) if patterns else []
        for pattern in patterns:
            pieces[::2] = [self._replace(text, pattern) for text in pieces[::2]]
            pieces[1::2] = [self._replace_in_tag(tag, pattern) for tag in pieces[1::2]]
        return self._link.sub(r"\1", "".join(pieces)) if patterns else html

    def _replace_in_tag(self, tag: str, pattern: re.Pattern) -> str:
        return TEXT_ATTRIBUTE.sub(lambda match: match[1] + self._replace(match[2], pattern) + match[3], tag)

    def _patterns(self, course_id: int | None, author_id: int | None) -> list[re.Pattern]:
        own = self._own.get(author_id) if author_id else None
        shared = self._in_any_course if course_id is None else self._in_course.get(course_id, self._anywhere)
        return [pattern for pattern in (own, shared) if pattern]

    @staticmethod
    def _may_match(text: str, pattern: re.Pattern) -> bool:
        return bool(SPECIAL.search(text) or pattern.search(fold(text)))

    def _replace(self, text: str, pattern: re.Pattern) -> str:
        if not text or not self._may_match(text, pattern):
            return text
        folded, position = fold_with_offsets(text), 0
        out: list[str] = []
        for match in pattern.finditer(folded.text):
            start, end = folded.span(*match.span())
            words = WORD.findall(match["name"] or match["part"] or "")
            if match["kept"] or (words and self.words.issuperset(words) and text[start:end].islower()):
                continue
            between = text[position:start]
            # First and last name are one person.
            out += [] if out and not between.strip(" .,-_") else [between, _("former member")]
            position = end
        return "".join([*out, text[position:]])


def ordinary_words(people: Iterable[PersonNames], texts: Iterable[str]) -> set[str]:
    """Return the parts of these names that the texts, such as lessons, use as words: in lower case."""
    parts = {part for person in people for part in _parts(person)}
    if not parts:
        return set()
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(map(re.escape, parts)))})(?![^\W_])")
    return {match for text in texts for match in pattern.findall(text)}


def _compile(patterns: list[str]) -> re.Pattern | None:
    """Return a pattern for folded text, the longest alternatives first, with the groups `kept`, `name` and `part`."""
    if not patterns:
        return None
    ordered = sorted(set(patterns), key=len, reverse=True)
    kept, names, parts = (
        "|".join(pattern.removeprefix(group)[:-1] for pattern in ordered if pattern.startswith(group)) or NOTHING
        for group in ("(?P<kept>", "(?P<name>", "(?P<part>")
    )
    plain = [pattern for pattern in ordered if not pattern.startswith("(?P<")]
    part = rf"(?P<part>(?<![^\W_])(?:{parts})(?![^\W_]))"
    return re.compile("|".join([f"(?P<kept>{kept})", *plain, f"(?P<name>{names})", part]))


def _email_patterns(person: PersonNames) -> list[str]:
    return [rf"(?<![\w.+-])(?:mailto:)?{re.escape(fold(email))}(?![\w-])" for email in person.emails]


def _handle_patterns(person: PersonNames, handles: Iterable[str]) -> list[str]:
    """Match mentions, and handles without @ that are not words; but not those of namesakes, which end in a number."""
    patterns = []
    for handle in map(fold, handles):
        escaped = re.escape(handle)
        is_word = handle.isalpha()
        patterns.append(rf"(?P<kept>(?<![\w-])@?{escaped}-[0-9]+(?![\w-]))")
        patterns.append(rf"(?<![\w@/.])@{escaped}(?![\w-])" if is_word else rf"(?<![\w-])@?{escaped}(?![\w-])")
    return patterns


def _tokens(person: PersonNames) -> list[str]:
    """Return the parts of the name as patterns, in which `ö` is matched by `oe`, too."""
    return [_token(word) for word in WORD.findall(person.name)]


def _token(word: str) -> str:
    """Match the word; with spaces anywhere in it, if its script has none."""
    between = r"\s?" if UNSPACED.search(word) else ""
    return between.join(re.escape(fold_character(c)) + ("e?" if c in "äöüÄÖÜ" else "") for c in word)


def _joined_words(person: PersonNames) -> list[str]:
    """Match each word that a sign divides, such as both in O’Brien-Smith, without the sign or with another one."""
    pieces = {*person.name.split(), *re.split(r"[\s\-\u2010-\u2015]+", person.name)}
    divided = [words for piece in sorted(pieces) if len(words := WORD.findall(piece)) > 1]
    return [r"[\W_]?".join(map(_token, words)) for words in divided if len("".join(words)) >= MIN_PART_LENGTH]


def _parts(person: PersonNames) -> set[str]:
    """Return the parts of the name, folded, that name the person by themselves."""
    folded = {fold(word) for word in WORD.findall(person.name)}
    return {part for part in folded if len(part) >= MIN_PART_LENGTH and part not in PARTICLES}


def _full_names(person: PersonNames) -> list[str]:
    """Match the name in its order, without its middle parts, and with the last part first. None for a single word."""
    tokens = _tokens(person)
    if UNSPACED.search(person.name):
        letters = "".join(WORD.findall(person.name))
        return [r"\s?".join(tokens)] if len(letters) >= MIN_PART_LENGTH else []
    if len(tokens) < 2:
        return []
    least = 1 if len("".join(tokens)) < 6 else 0
    separator = rf"[\W_]{{{least},3}}"
    orders = {separator.join(tokens), separator.join((tokens[0], tokens[-1])), rf"{tokens[-1]},\s?{tokens[0]}"}
    # In German, for one, the genitive has an s without an apostrophe.
    return [rf"(?P<name>(?<!\w)(?<!\w-){order}s?(?!-?\w))" for order in orders]


def _own_patterns(person: PersonNames) -> list[str]:
    """Match everything that names the person in their own texts."""
    patterns = [*_email_patterns(person), *_full_names(person), *_handle_patterns(person, person.handles.values())]
    if UNSPACED.search(person.name):
        patterns.append(r"\s?".join(_tokens(person)))
    for word, token in zip(WORD.findall(person.name), _tokens(person), strict=True):
        if fold(word) in _parts(person):
            patterns.append(f"(?P<part>{token})")
    patterns += [f"(?P<part>{word})" for word in _joined_words(person)]
    for email in person.emails:
        local = fold(email.partition("@")[0])
        if len(local) >= 2 * MIN_PART_LENGTH - 1 and not local.isalpha():
            patterns.append(rf"(?<![\w.+-]){re.escape(local)}(?![\w-])")
    return patterns
