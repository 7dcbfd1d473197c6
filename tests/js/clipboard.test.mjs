import assert from "node:assert/strict";
import { test } from "node:test";

import {
  altOf,
  fileOf,
  hasStructure,
  isPictureOnly,
  paragraphsOf,
  picturesOfRtf,
  splitAround,
  takePictures,
} from "../../static/js/authoring/lib/clipboard.js";

const DATA = `data:image/png;base64,${"A".repeat(600)}`;
const SMALL = "data:image/gif;base64,R0lGOD";

test("pictures are taken out of the HTML, but not the stand-ins of a page", () => {
  const { html, pictures } = takePictures(`<p>a<img alt="b" src="${DATA}"><IMG src='${SMALL}' data-src="c.png"><img src=d.png></p>`);
  assert.equal(html, `<p>a<img alt="b" src="pasted:1"><IMG src='${SMALL}' data-src="c.png"><img src=d.png></p>`);
  assert.deepEqual([...pictures], [["pasted:1", DATA]]);
});

test("the pictures of Word are in its RTF, and are taken if each has its own", () => {
  const picture = (kind, hex) => `{\\*\\shppict{\\pict{\\*\\picprop\\shplid1{\\sp{\\sn a}{\\sv b}}}\\picw1\\${kind}blip\\bliptag-7{\\*\\blipuid 0a1b}\r\n${hex}}}`;
  const rtf = `{\\rtf1 ${picture("png", "4142\r\n43")}{\\nonshppict{\\pict\\wmetafile8 ffff}}${picture("jpeg", "44")}}`;
  const expected = ["data:image/png;base64,QUJD", "data:image/jpeg;base64,RA=="];
  assert.deepEqual(picturesOfRtf(rtf), expected);
  const html = "<img src='file:///C:/a.png'><img src='https://example.org/b.png'><img src='file:///C:/c.jpg'>";
  const taken = takePictures(html, rtf);
  assert.equal(taken.html, `<img src="pasted:1"><img src='https://example.org/b.png'><img src="pasted:2">`);
  assert.deepEqual([...taken.pictures.values()], expected);
  assert.equal(takePictures("<img src='file:///C:/a.png'>", rtf).pictures.size, 0);
});

test("a picture copied from a page is known from text with a picture", () => {
  assert.ok(isPictureOnly(`<meta charset='utf-8'><img src="a.png" alt="A gauge"/>`));
  assert.ok(!isPictureOnly(`<p>a<img src="a.png"></p>`));
  assert.ok(!isPictureOnly(`<img src="a.png"><img src="b.png">`));
  assert.equal(altOf(`<img src="a.png" alt='A gauge'>`), "A gauge");
});

test("a picture becomes a file, anything else does not", () => {
  const file = fileOf("data:image/png;base64,QUJD", "a.png");
  assert.deepEqual([file.name, file.type, file.size], ["a.png", "image/png", 3]);
  assert.equal(fileOf("data:image/svg+xml;base64,QUJD", "a.svg"), null);
  assert.equal(fileOf("data:image/png;base64,%", "a.png"), null);
});

test("plain text becomes paragraphs", () => {
  assert.equal(paragraphsOf("a <b>\r\n\r\nc & d"), "<p>a &lt;b&gt;</p><p>c &amp; d</p>");
  assert.ok(hasStructure("<table><tr>") && !hasStructure("<span>a</span><pitch>"));
});

test("what is typed while a paste is cleaned goes behind it", () => {
  assert.deepEqual(splitAround("a ", " b", "a x b"), ["a ", "x b"]);
  assert.deepEqual(splitAround("a ", " b", "yx b"), ["yx", " b"]);
  assert.deepEqual(splitAround("a ", " b", "y"), ["y", ""]);
});
