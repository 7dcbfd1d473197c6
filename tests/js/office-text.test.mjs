import assert from "node:assert/strict";
import { test } from "node:test";

import { elementsOf, formatOf, redirectTarget, withoutConditions, withoutStyles } from "../../static/js/authoring/lib/office-text.js";

test("conditional comments leave what browsers show", () => {
  const page = "a<!--[if gte mso 9]><xml>b</xml><![endif]-->c<!--[if !x]-->d<!--[endif]-->e<![if !y]>f<![endif]>g<!--[if";
  assert.equal(withoutConditions(page), "acdefg<!--[if");
  assert.equal(withoutConditions(`<!--[if x]>${"y".repeat(9)}`), `<!--[if x]>${"y".repeat(9)}`);
});

test("styles are put aside, and text about them is not", () => {
  const page = `<style>p{}</style><p class=a style='b:c' title="style=d">style=e</p>`;
  const expected = `<xmp>p{}</xmp><p class=a data-style='b:c' title="data-style=d">style=e</p>`;
  assert.equal(withoutStyles(page), expected);
});

test("a style says what its text looks like", () => {
  assert.deepEqual(elementsOf(formatOf("font-weight:700; font-style:italic")), ["strong", "em"]);
  assert.deepEqual(elementsOf(formatOf("vertical-align:super;text-decoration:line-through underline")), ["s", "u", "sup"]);
  assert.equal(formatOf("font-weight:normal").strong, false);
  assert.deepEqual(formatOf("color:red"), {});
});

test("a redirect is taken for the address that it leads to", () => {
  assert.equal(redirectTarget("https://www.google.com/url?q=https://example.org/a%3Fb&sa=D"), "https://example.org/a?b");
  assert.equal(
    redirectTarget("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1"),
    "https://example.org/a",
  );
  const search = "https://www.google.com/search?q=https://example.org/";
  for (const address of [search, "#there", "https://www.google.com/url?q=javascript:alert(1)"]) {
    assert.equal(redirectTarget(address), address);
  }
});
