"""Reviews that were stored together with their texts are converted, and lose nothing."""

from collections import defaultdict
from importlib import import_module

from lessons.importing.review.carry_over import carry_over
from lessons.importing.review.completeness import is_complete
from lessons.importing.review.omissions import restore
from lessons.importing.review.texts import reviewed_lessons

migration = import_module("lessons.importing.migrations.0003_split_reviews")
FACTS = dict.fromkeys(("location", "began", "ended", "parties", "outcome", "evidence"), "")


def block(text):
    return {"type": "paragraph", "text": text, "html": f"<p>{text}</p>"}


def section(section_id, *texts):
    blocks = [block(text) for text in texts]
    parts = {"heading": section_id.upper(), "level": 1, "kind": "lesson", "facts": FACTS, "generated": False}
    return {"id": section_id, "blocks": blocks, **parts}


def test_an_old_review_is_split_and_complete():
    old = {
        "title": "Salt",
        "summary": "",
        "sections": [section("s1", "One.", "Two."), section("s3", "Four.")],
        "omissions": [
            {"text": "Menu <b>", "reason": "Navigation"},
            {"text": "S5", "reason": "Merged", "merged": True},
            {"text": "S2\nThree.", "reason": "Left out", "section": section("s2", "Three."), "after": "s1"},
        ],
        "characters": {"a": 3},
        **{kind: [] for kind in ("glossary", "timeline", "tags", "prompts")},
    }
    review, blocks = migration.split_review(old)
    assert is_complete(review, blocks)
    assert [lesson.html() for lesson in reviewed_lessons(review, blocks)] == [
        "<p>One.</p>\n<p>Two.</p>",
        "<p>Four.</p>",
    ]
    assert blocks["x1"]["html"] == "<p>Menu &lt;b&gt;</p>"
    back = restore(restore(review, "o3", blocks), "o1", blocks)
    assert [one["id"] for one in back["sections"]] == ["s1", "s2", "s3"]
    assert back["sections"][-1]["blocks"][-1] == "x1"
    back = restore(back, "o2", blocks)
    assert [(one["id"], one["heading"]) for one in back["sections"]][-2:] == [("s3", "S3"), ("s4", "S5")]
    assert is_complete(back, blocks)
    new = {**review, "sections": [*review["sections"], {**review["sections"][1], "id": "s9", "heading": "S5"}]}
    assert [one["id"] for one in carry_over(new, review, defaultdict(set))["sections"]] == ["s1", "s3"]
    assert migration.split_review({}) == ({}, {})
