import assert from "node:assert/strict";
import { test } from "node:test";

import { continueLine, edit, insertImage, pasteAddress } from "../../static/js/discussions/lib/markdown-edit.js";

/* `[` and `]` around the selection, or `|` at the caret. */
function parse(marked) {
  const caret = marked.indexOf("|");
  if (caret >= 0) return { text: marked.replace("|", ""), start: caret, end: caret };
  const start = marked.indexOf("⟦"), end = marked.indexOf("⟧") - 1;
  return { text: marked.replace(/[⟦⟧]/g, ""), start, end };
}

function show(text, change) {
  const { from, to, text: inserted, start, end } = change;
  const result = text.slice(0, from) + inserted + text.slice(to);
  if (start === end) return `${result.slice(0, start)}|${result.slice(start)}`;
  return `${result.slice(0, start)}⟦${result.slice(start, end)}⟧${result.slice(end)}`;
}

function after(command, marked) {
  const { text, start, end } = parse(marked);
  return show(text, edit(command, text, start, end));
}

test("bold and italic surround the selection without its outer spaces, or the word at the caret, and are taken away again", () => {
  for (const [command, before, expected] of [
    ["bold", "a ⟦sea ⟧b", "a **⟦sea⟧** b"],
    ["bold", "a **⟦sea⟧** b", "a ⟦sea⟧ b"],
    ["bold", "a ⟦**sea**⟧", "a ⟦sea⟧"],
    ["bold", "the m|er", "the **m|er**"],
    ["italic", "|", "*|*"],
    ["italic", "**⟦sea⟧**", "***⟦sea⟧***"],
    ["italic", "***⟦sea⟧***", "**⟦sea⟧**"],
    ["italic", "été|", "*été|*"],
  ]) assert.equal(after(command, before), expected, before);
});

test("what is selected becomes a link, or the address of one", () => {
  assert.equal(after("link", "see ⟦this⟧"), "see [this](⟦https://⟧)");
  assert.equal(after("link", "⟦https://example.org/a⟧"), "[|](https://example.org/a)");
  assert.equal(after("link", "|"), "[|](https://)");
  const { text, start, end } = parse("see ⟦this⟧");
  assert.equal(show(text, pasteAddress("https://example.org", text, start, end)), "see [this](https://example.org)|");
  assert.equal(pasteAddress("not: one", text, start, end), null);
  assert.equal(pasteAddress("https://example.org", "https://a.org", 0, 13), null);
});

test("quotes and lists begin each line, stand apart from a paragraph, and are taken away again", () => {
  assert.equal(after("quote", "a\nb|\nc"), "a\n\n> b|\n\nc");
  assert.equal(after("quote", "⟦a\n\nb⟧"), "> a\n> \n> b|");
  assert.equal(after("quote", "⟦> a\n> b⟧"), "a\nb|");
  assert.equal(after("list", "⟦a\n\nb⟧"), "- a\n\n- b|");
  assert.equal(after("list", "- a\nb|"), "- a\n- b|");
  assert.equal(after("list", "- |"), "|");
});

test("code and formulas are in the line, or blocks where several lines are selected or none is begun", () => {
  assert.equal(after("code", "a ⟦b⟧"), "a `⟦b⟧`");
  assert.equal(after("code", "a\n|"), "a\n```\n|\n```");
  assert.equal(after("code", "⟦x\n```\ny⟧"), "````\n⟦x\n```\ny⟧\n````");
  assert.equal(after("formula", "⟦x^2⟧"), "$⟦x^2⟧$");
  assert.equal(after("formula", "$⟦x^2⟧$"), "⟦x^2⟧");
  assert.equal(after("formula", "text ⟦x\ny⟧ end"), "text \n\n$$\n⟦x\ny⟧\n$$\n\n end");
});

function enter(marked) {
  const { text, start } = parse(marked);
  const change = continueLine(text, start);
  return change && show(text, change);
}

test("Enter goes on with a list or a quote, and ends it after an empty line", () => {
  assert.equal(enter("- a|"), "- a\n- |");
  assert.equal(enter("  9. a|"), "  9. a\n  10. |");
  assert.equal(enter("- [x] a|"), "- [x] a\n- [ ] |");
  assert.equal(enter("> - a|"), "> - a\n> - |");
  assert.equal(enter("- a\n- |"), "- a\n|");
  assert.equal(enter("a|"), null);
  assert.equal(enter("- a|b"), null);
});

test("an image stands on a line of its own", () => {
  assert.equal(show("ab", insertImage("![x](y)", "ab", 1)), "a\n![x](y)\n|b");
  assert.equal(show("", insertImage("![x](y)", "", 0)), "![x](y)\n|");
});
