import assert from "node:assert/strict";
import { test } from "node:test";

import { isAddress } from "../../static/js/authoring/lib/address.js";

test("what has a scheme, www. or an @ is an address", () => {
  const texts = ["https://example.org", "HTTP://localhost:8000/a", "www.example.org", "lea@example.org", "mailto:a@b.org"];
  for (const text of texts) assert.ok(isAddress(text), text);
});

test("the end of a sentence and the beginning of the next is no address", () => {
  const texts = ["agree.It", "example.com", "file.py", "www.it", "ftp://example.org", "//example.org", "@lea", "1.2.3.4"];
  for (const text of texts) assert.ok(!isAddress(text), text);
});
