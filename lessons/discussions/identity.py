"""Who a writer is to a reader. Pages, feeds, mail, JSON and history all ask here and nowhere else."""

import secrets
from typing import NamedTuple

from django.utils.translation import gettext as _

BIRDS = (
    "Avocet Bittern Bunting Chough Coot Crane Curlew Dipper Dotterel Dove Dunlin Egret Eider Falcon Fieldfare Finch "
    "Fulmar Gannet Godwit Goldcrest Grebe Greenshank Guillemot Harrier Heron Hoopoe Ibis Jackdaw Jay Kestrel "
    "Kite Kittiwake Knot Lapwing Lark Linnet Martin Merlin Nightjar Nuthatch Oriole Osprey Ouzel Owl Petrel Pipit "
    "Plover Puffin Rail Redshank Robin Ruff Sanderling Shearwater Shelduck Siskin Skua Snipe Starling Stilt Stork "
    "Swallow Swan Swift Teal Tern Thrush Turnstone Wagtail Warbler Wheatear Whimbrel Wigeon Wren"
).split()


class Identity(NamedTuple):
    """`name` is all that may be said; `is_you` for one's own words, `is_alias` where the name is a pseudonym."""

    name: str
    is_you: bool = False
    is_alias: bool = False

    @property
    def initials(self) -> str:
        words = [w for w in self.name.split() if w[0].isalnum()]
        return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def display_identity(*, author: int | None, name: str | None, alias: str | None, reader: int | None) -> Identity:
    """`author` and `reader` are ids of people, `name` the author's, `alias` what they are called if anonymous here.

    Staff too get the alias: looking behind it is an act of its own, `actions.order.look_behind`, and logged.
    """
    is_you = author is not None and author == reader
    if alias:
        return Identity(alias, is_you, True)
    return Identity(name or _("Former member"), is_you)


def random_alias(taken: set[str]) -> str:
    """A bird by lot that nobody in the thread is called yet; nothing of the person goes into it."""
    free = [bird for bird in BIRDS if f"Anonymous {bird}" not in taken]
    if free:
        return f"Anonymous {secrets.choice(free)}"
    return f"Anonymous {secrets.choice(BIRDS)} {secrets.token_hex(3)}"
