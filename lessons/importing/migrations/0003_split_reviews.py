"""Move the text of imported articles out of their reviews, which refer to blocks by their ids from now on."""

from django.db import migrations

FACTS = ("location", "began", "ended", "parties", "outcome", "evidence")


def split_review(review):
    """Return the review with the ids of its blocks, and the blocks. The review may be that of an unread article."""
    if "sections" not in review:
        return review, {}
    blocks: dict[str, dict] = {}

    def with_ids(section):
        ids = []
        for block in section["blocks"]:
            ids.append(f"b{len(blocks) + 1}")
            blocks[ids[-1]] = block
        return {**section, "blocks": ids}

    sections = [with_ids(section) for section in review["sections"]]
    omissions = [split_omission(f"o{n}", old, blocks, with_ids) for n, old in enumerate(review["omissions"], 1)]
    name_merged(sections, omissions)
    added = {"edits": {}, "images": {}, "missing": [], "notices": [], "encoding": ""}
    word_count = sum(len(block["text"].split()) for block in blocks.values())
    kept = {name: value for name, value in review.items() if name != "characters"}
    return {**added, "word_count": word_count, **kept, "sections": sections, "omissions": omissions}, blocks


def split_omission(omission_id, omission, blocks, with_ids):
    kept = {"id": omission_id, "reason": omission["reason"]}
    if "section" in omission:
        return {**kept, "section": with_ids(omission["section"]), "after": omission["after"]}
    if omission.get("merged"):
        heading = {"heading": omission["text"], "level": 1, "kind": "lesson", "blocks": [], "generated": False}
        return {**kept, "heading": {**heading, "facts": dict.fromkeys(FACTS, "")}, "before": ""}
    block_id = f"x{sum(key.startswith('x') for key in blocks) + 1}"
    escaped = omission["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    blocks[block_id] = {"type": "paragraph", "text": omission["text"], "html": f"<p>{escaped}</p>"}
    return {**kept, "blocks": [block_id], "after": None}


def name_merged(sections, omissions):
    """Give sections that were merged an id. Where they stood was not stored: put back, they come last."""
    number = max((int(part["id"][1:]) for part in [*sections, *(o.get("section") for o in omissions)] if part), default=0)
    for omission in omissions:
        if "heading" in omission:
            number += 1
            omission["heading"]["id"] = f"s{number}"
            omission["after"] = sections[-1]["id"] if sections else ""


def split_reviews(apps, schema_editor):
    article_import = apps.get_model("importing", "ArticleImport")
    article_text = apps.get_model("importing", "ArticleText")
    for article in article_import.objects.order_by("pk").iterator(chunk_size=10):
        review, blocks = split_review(article.review)
        article_import.objects.filter(pk=article.pk).update(review=review)
        article_text.objects.create(
            article=article,
            original=article.source,
            blocks=blocks,
            word_counts={key: len(block["text"].split()) for key, block in blocks.items()},
        )


class Migration(migrations.Migration):

    dependencies = [
        ("importing", "0002_import_job_and_review_steps"),
    ]

    operations = [
        migrations.RunPython(split_reviews, migrations.RunPython.noop),
    ]
