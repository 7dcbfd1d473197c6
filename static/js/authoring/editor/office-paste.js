/* Keeps headings and lists of text pasted from Word or Google Docs, without making other text bold. */

import { Extension } from "django-prose-editor/editor";

import { forEditor } from "../office/normalise.js";

export const OfficePaste = Extension.create({
  name: "officePaste",
  transformPastedHTML: forEditor,
});
