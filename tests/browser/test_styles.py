"""A browser reads the same rules from a style sheet with and without its comments and indentation."""

from pathlib import Path

import pytest

from portal.storage import minify_css

ROOT = Path(__file__).parents[2]
RULES = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return [...sheet.cssRules].map(rule => rule.cssText);
}"""


@pytest.mark.thorough
def test_minified_style_sheets_have_the_same_rules(page):
    page.goto("/health/live/")
    files = sorted((ROOT / "static" / "css").rglob("*.css"))
    for file in files:
        css = file.read_text("utf-8")
        rules = page.evaluate(RULES, css)
        assert rules, file
        assert page.evaluate(RULES, minify_css(css)) == rules, file
