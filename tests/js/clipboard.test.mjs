import assert from "node:assert/strict";
import { test } from "node:test";

import {
  altOf,
  fileOf,
  hasStructure,
  isImageOnly,
  paragraphsOf,
  imagesOfRtf,
  splitAround,
  takeImages,
} from "../../static/js/authoring/lib/clipboard.js";

const DATA = `data:image/png;base64,${"A".repeat(600)}`;
const SMALL = "data:image/gif;base64,R0lGOD";

test("images are taken out of the HTML, but not the stand-ins of a page", () => {
  const { html, images } = takeImages(`<p>a<img alt="b" src="${DATA}"><IMG src='${SMALL}' data-src="c.png"><img src=d.png></p>`);
  assert.equal(html, `<p>a<img alt="b" src="pasted:1"><IMG src='${SMALL}' data-src="c.png"><img src=d.png></p>`);
  assert.deepEqual([...images], [["pasted:1", DATA]]);
});

test("the images of Word are in its RTF, and are taken if each has its own", () => {
  const image = (kind, hex) => `{\\*\\shppict{\\pict{\\*\\picprop\\shplid1{\\sp{\\sn a}{\\sv b}}}\\picw1\\${kind}blip\\bliptag-7{\\*\\blipuid 0a1b}\r\n${hex}}}`;
  const rtf = `{\\rtf1 ${image("png", "4142\r\n43")}{\\nonshppict{\\pict\\wmetafile8 ffff}}${image("jpeg", "44")}}`;
  const expected = ["data:image/png;base64,QUJD", "data:image/jpeg;base64,RA=="];
  assert.deepEqual(imagesOfRtf(rtf), expected);
  const html = "<img src='file:///C:/a.png'><img src='https://example.org/b.png'><img src='file:///C:/c.jpg'>";
  const taken = takeImages(html, rtf);
  assert.equal(taken.html, `<img src="pasted:1"><img src='https://example.org/b.png'><img src="pasted:2">`);
  assert.deepEqual([...taken.images.values()], expected);
  assert.equal(takeImages("<img src='file:///C:/a.png'>", rtf).images.size, 0);
});

test("an image copied from a page is known from text with an image", () => {
  assert.ok(isImageOnly(`<meta charset='utf-8'><img src="a.png" alt="A gauge"/>`));
  assert.ok(!isImageOnly(`<p>a<img src="a.png"></p>`));
  assert.ok(!isImageOnly(`<img src="a.png"><img src="b.png">`));
  assert.equal(altOf(`<img src="a.png" alt='A gauge'>`), "A gauge");
});

test("an image becomes a file, anything else does not", () => {
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
