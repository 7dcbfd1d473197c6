import assert from "node:assert/strict";
import { test } from "node:test";

import { completeAddress, isAddress } from "../../static/js/authoring/lib/address.js";

test("what has a scheme, www. or an @ is an address", () => {
  const texts = ["https://example.org", "HTTP://localhost:8000/a", "www.example.org", "lea@example.org", "mailto:a@b.org"];
  for (const text of texts) assert.ok(isAddress(text), text);
});

test("the end of a sentence and the beginning of the next is no address", () => {
  const texts = ["agree.It", "example.com", "file.py", "www.it", "ftp://example.org", "//example.org", "@lea", "1.2.3.4"];
  for (const text of texts) assert.ok(!isAddress(text), text);
});

test("an address is given the scheme that it lacks, unless it leads to a place on this site", () => {
  const complete = {
    "example.org/a": "https://example.org/a",
    " lea@example.org ": "mailto:lea@example.org",
    "http://example.org": "http://example.org",
    "/lessons/3/": "/lessons/3/",
    "#sec-ebb": "#sec-ebb",
    words: "words",
  };
  for (const [typed, address] of Object.entries(complete)) assert.equal(completeAddress(typed), address);
});
