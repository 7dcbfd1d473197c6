/* Interprets comments, styles and URLs of office programs, as readers/office_html does on the server. */

const START = "<!--[if";
const END = "<![endif]-->";
const MAX_CONDITION = 200;
const MARKS = /<!--\[(?:if[^\]]{0,200}|endif)\]-->|<!\[(?:if[^\]]{0,200}|endif)\](?:--)?>|<!--(?:Start|End)Fragment-->/g;
const GOOGLE_HOSTS = new Set(["google.com", "www.google.com"]);
const OUTLOOK_HOST = ".safelinks.protection.outlook.com";
const BOLD_FROM = 600;

/* Returns the HTML without conditional comments and content that only other programs show. */
export const withoutConditions = (html) => {
  let result = "";
  let kept = 0;
  let position = 0;
  for (;;) {
    const start = html.indexOf(START, position);
    if (start < 0) break;
    position = start + START.length;
    const opened = start + html.slice(start, start + MAX_CONDITION).indexOf("]");
    if (opened < start || !html.startsWith("]>", opened)) continue;
    const end = html.indexOf(END, opened);
    if (end < 0) break;
    result += html.slice(kept, start);
    kept = position = end + END.length;
  }
  return (result + html.slice(kept)).replace(MARKS, "");
};

/* Returns the HTML with the attribute `data-style` for `style`, and with `<xmp>` for `<style>`: whatever parses HTML
   reports a violation of the page's Content Security Policy for them, though it applies no style. */
export const withoutStyles = (html) =>
  html
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/([\s"'])style\s*=/gi, "$1data-style="))
    .replace(/<(\/?)style\b/gi, "<$1xmp");

/* Returns the declarations of a style: { "font-weight": "bold" }. */
export const declarations = (style) =>
  Object.fromEntries(
    style
      .toLowerCase()
      .split(";")
      .map((part) => [part.slice(0, part.indexOf(":")).trim(), part.slice(part.indexOf(":") + 1).trim()])
      .filter(([name, value]) => name && value),
  );

/* Returns the format that a style sets: { strong, em, s, u, position }; keys that it does not set are missing. */
export const formatOf = (style) => {
  const found = declarations(style);
  const result = {};
  const weight = found["font-weight"];
  if (weight) result.strong = weight.startsWith("bold") || Number.parseInt(weight, 10) >= BOLD_FROM;
  if (found["font-style"]) result.em = /^(?:italic|oblique)/.test(found["font-style"]);
  const decoration = found["text-decoration"] ?? found["text-decoration-line"];
  if (decoration) Object.assign(result, { s: decoration.includes("line-through"), u: decoration.includes("underline") });
  const align = found["vertical-align"];
  if (align) result.position = { super: "sup", sub: "sub" }[align] ?? "";
  return result;
};

/* Returns the elements for a format, outermost first. */
export const elementsOf = (format) =>
  ["strong", "em", "s", "u"].filter((name) => format[name]).concat(format.position ? [format.position] : []);

/* Returns the target of a redirect of Google or Outlook; any other URL unchanged. */
export const redirectTarget = (address) => {
  if (!URL.canParse(address)) return address;
  const { hostname, pathname, searchParams } = new URL(address);
  const isGoogle = GOOGLE_HOSTS.has(hostname) && pathname === "/url";
  const isOutlook = hostname.endsWith(OUTLOOK_HOST);
  const found = (isGoogle && searchParams.get("q")) || ((isGoogle || isOutlook) && searchParams.get("url")) || address;
  return /^(?:https?:\/\/|mailto:)/.test(found) ? found : address;
};
