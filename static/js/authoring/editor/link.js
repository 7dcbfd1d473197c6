/* Links: typed or pasted text becomes one only if it is meant as an address. */

import { Link as PlainLink } from "django-prose-editor/editor";

import { isAddress } from "../lib/address.js";

export const Link = PlainLink.extend({
  addOptions() {
    return { ...this.parent?.(), shouldAutoLink: isAddress };
  },
});
