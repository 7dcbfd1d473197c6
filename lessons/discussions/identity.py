"""The name that a reader sees for an author, for every page, feed, e-mail and JSON response."""

import secrets
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.accounts.avatars import avatar_hue, name_initials

BIRDS = (
    "Avocet Bittern Bunting Chough Coot Crane Curlew Dipper Dotterel Dove Dunlin Egret Eider Falcon Fieldfare Finch "
    "Fulmar Gannet Godwit Goldcrest Grebe Greenshank Guillemot Harrier Heron Hoopoe Ibis Jackdaw Jay Kestrel "
    "Kite Kittiwake Knot Lapwing Lark Linnet Martin Merlin Nightjar Nuthatch Oriole Osprey Ouzel Owl Petrel Pipit "
    "Plover Puffin Rail Redshank Robin Ruff Sanderling Shearwater Shelduck Siskin Skua Snipe Starling Stilt Stork "
    "Swallow Swan Swift Teal Tern Thrush Turnstone Wagtail Warbler Wheatear Whimbrel Wigeon Wren"
).split()


class Identity(NamedTuple):
    """The name of an author for one reader: `is_you` if they are the same, `is_alias` if it is a pseudonym.

    `hue` is the number of the person's colour. A pseudonym has none: it would tell who is behind it.
    """

    name: str
    is_you: bool = False
    is_alias: bool = False
    hue: int | None = None

    @property
    def avatar_class(self) -> str:
        """Return the class of the avatar: a colour for a person, and an outline for a pseudonym or a former member."""
        return "alias" if self.hue is None else f"hue-{self.hue}"

    @property
    def initials(self) -> str:
        return "?" if self.is_alias else name_initials(self.name)


def display_identity(*, author: int | None, name: str | None, alias: str | None, reader: int | None) -> Identity:
    """Return the author as a reader sees them. `author` and `reader` are user ids, `name` is the author's real name,
    `alias` their pseudonym if they posted anonymously.

    Staff get the pseudonym, too: `services.moderation.reveal_author` shows the name, and logs it.
    """
    is_you = author is not None and author == reader
    if alias:
        return Identity(alias, is_you, True)
    if not name or author is None:
        return Identity(name or _("Former member"), is_you)
    return Identity(name, is_you, hue=avatar_hue(author))


def random_alias(taken: set[str]) -> str:
    """Return a random bird name that is not `taken`. It does not depend on the user."""
    free = [bird for bird in BIRDS if f"Anonymous {bird}" not in taken]
    if free:
        return f"Anonymous {secrets.choice(free)}"
    return f"Anonymous {secrets.choice(BIRDS)} {secrets.token_hex(3)}"
