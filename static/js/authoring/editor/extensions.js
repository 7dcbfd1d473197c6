/* What our editor has beside, or in place of, django-prose-editor's own extensions. */

export {
  Abbreviation,
  Anchors,
  Citation,
  Code,
  Definitions,
  Detail,
  KeptBlock,
  Keyboard,
  OrderedList,
  Quotation,
  Term,
} from "./kept.js";
export { Footnotes, Superscript } from "./footnotes.js";
export { Figure } from "./figure.js";
