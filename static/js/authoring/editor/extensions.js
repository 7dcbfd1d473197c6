/* The editor's extensions that are added to django-prose-editor's own, or replace them. */

export {
  Abbreviation,
  Anchors,
  Citation,
  Code,
  Definitions,
  Detail,
  Keyboard,
  OrderedList,
  PassthroughBlock,
  Quotation,
  Term,
} from "./passthrough.js";
export { Footnotes, Superscript } from "./footnotes.js";
export { Formula } from "./formula.js";
export { Figure } from "./figure.js";
export { Link } from "./link.js";
export { OfficePaste } from "./office-paste.js";
