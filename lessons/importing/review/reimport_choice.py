"""What the review of an article that was imported before also contains.

    "reimport": {"choice": "update" | "new", "use_article": [section id]}

`use_article` lists the sections whose text is to replace a draft that was edited here, or to come back although the
lesson was deleted here. Each function returns a new document.
"""

from lessons.importing.review.errors import UnknownPart

UPDATE, NEW = "update", "new"
KEEP_DRAFT, USE_ARTICLE = "draft", "article"


def add_reimport_choice(review: dict) -> dict:
    return {**review, "reimport": {"choice": UPDATE, "use_article": []}}


def choose(review: dict, choice: str) -> dict:
    """Choose between update and new. Raise UnknownPart for anything else.

    An article that is imported for the first time has no choice and stays as it is.
    """
    if choice not in (UPDATE, NEW):
        raise UnknownPart(choice)
    if review.get("reimport", {"choice": choice})["choice"] == choice:
        return review
    return {**review, "reimport": {**review["reimport"], "choice": choice}}


def choose_version(review: dict, section: str, version: str) -> dict:
    """Choose KEEP_DRAFT or USE_ARTICLE for a section. Raise UnknownPart for anything else."""
    if version not in (KEEP_DRAFT, USE_ARTICLE):
        raise UnknownPart(version)
    if (version == USE_ARTICLE) == (section in review["reimport"]["use_article"]):
        return review
    others = [other for other in review["reimport"]["use_article"] if other != section]
    chosen = [*others, section] if version == USE_ARTICLE else others
    return {**review, "reimport": {**review["reimport"], "use_article": chosen}}


def is_update(review: dict) -> bool:
    return review.get("reimport", {}).get("choice") == UPDATE


def chosen_sections(review: dict) -> set[str]:
    """Return the ids of the sections whose text in the article replaces the draft."""
    return set(review.get("reimport", {}).get("use_article", ()))
