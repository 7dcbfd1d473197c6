/* What the pages of conversations add where there is script; all of it works without. */

import "./mention-completion.js";
import "./new-posts.js";
import "./write-box.js";
