"""Links between the lessons of an article have the lessons' URLs, also after an update."""

from lessons.importing.reimport.plan import CHANGED, UNCHANGED, plan_reimport
from lessons.importing.services import create_module_from_review

TWO = """# The Shore

## Mud

See [sand](#sand), which is heavier than mud, so that it settles where the waves are strong.

## Sand {#sand}

Sand lies on beaches. Under it is [mud](#mud), and who digs finds out how thin the sand is.
"""
THREE = (
    TWO.replace("See [sand](#sand)", "See [sand](#sand), [shells](#shells)")
    + """
## Shells {#shells}

Shells are lighter than [sand](#sand), but they are larger, and so they travel far.
"""
)


def body_of(module, title):
    return module.lessons.get(title=title).body


def test_a_link_to_another_section_has_the_url_of_its_lesson(begin, instructor):
    article = begin(TWO)
    module = create_module_from_review(by=instructor, article=article)
    sand = module.lessons.get(title="Sand")
    assert f'<a href="{sand.get_absolute_url()}" rel="noopener noreferrer">sand</a>' in body_of(module, "Mud")
    assert "#lesson" not in body_of(module, "Mud")


def test_the_same_article_again_changes_nothing_and_a_longer_one_links_to_its_new_lesson(begin, instructor, update):
    module = create_module_from_review(by=instructor, article=begin(TWO))
    again = begin(TWO)
    assert plan_reimport(again, module).is_empty
    update(again)

    longer = begin(THREE)
    plan = update(longer)
    shells = module.lessons.get(title="Shells")
    assert [change.status for change in plan.changes][:2] == [CHANGED, UNCHANGED]
    assert f'href="{shells.get_absolute_url()}"' in body_of(module, "Mud")
    assert f'href="{module.lessons.get(title="Sand").get_absolute_url()}"' in shells.body
    assert plan_reimport(begin(THREE), module).is_empty
