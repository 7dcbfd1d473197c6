/* What is pasted from Word or Google Docs keeps its headings and lists, and nothing becomes bold that was not. */

import { Extension } from "django-prose-editor/editor";

import { forEditor } from "../office/normalise.js";

export const OfficePaste = Extension.create({
  name: "officePaste",
  transformPastedHTML: forEditor,
});
