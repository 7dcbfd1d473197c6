/* Links: typing or pasting makes one only of what is meant as an address. */

import { Link as PlainLink } from "django-prose-editor/editor";

import { isAddress } from "../lib/address.js";

export const Link = PlainLink.extend({
  addOptions() {
    return { ...this.parent?.(), shouldAutoLink: isAddress };
  },
});
