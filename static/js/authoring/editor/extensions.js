/* The editor's extensions that are added to django-prose-editor's own, or replace them. */

export {
  Abbreviation,
  Anchors,
  Citation,
  Code,
  Definitions,
  Detail,
  Details,
  Heading,
  Keyboard,
  OrderedList,
  PassthroughBlock,
  Quotation,
  Ruby,
  Summary,
  Term,
} from "./passthrough.js";
export { Callout } from "./callout.js";
export { Check } from "./check.js";
export { FootnoteReference, Footnotes } from "./footnotes.js";
export { Formula } from "./formula.js";
export { Figure } from "./figure.js";
export { Glossary } from "./glossary.js";
export { Link } from "./link.js";
export { Paste } from "./paste.js";
export { ImagePlace } from "./image-place.js";
export { Shortcuts } from "./shortcuts.js";
