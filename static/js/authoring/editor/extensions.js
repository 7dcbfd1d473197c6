/* What our editor has beside, or in place of, django-prose-editor's own extensions. */

export * from "./kept.js";
export * from "./footnotes.js";
export * from "./figure.js";
