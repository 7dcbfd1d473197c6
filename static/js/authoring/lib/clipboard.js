/* What is on the clipboard, as text: nothing here parses HTML, which would apply its styles and load its images. */

export const MAX_LENGTH = 2_000_000;
// Kinds of images that can be uploaded.
const IMAGE_TYPE = /^image\/(?:png|jpeg|webp|gif)$/i;
const IMAGE = /<img\b[^<>]*>/gi;
const SOURCE = /\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))/i;
// Shorter ones are stand-ins for images that a page loads later: what they stand for, the server knows.
const MIN_DATA_LENGTH = 500;
const STRUCTURE = /<(?:h[1-6]|li|table|p|blockquote|pre|dl)\b/i;
const RTF_IMAGE = /\\(png|jpeg)blip\b/g;

export const isImage = ({ type }) => IMAGE_TYPE.test(type);

/* Returns whether HTML has more than lines of text. */
export const hasStructure = (html) => STRUCTURE.test(html);

/* Returns whether HTML is one image and nothing else, as browsers copy it beside the image's file. */
export const isImageOnly = (html) => {
  const images = html.match(IMAGE) ?? [];
  return images.length === 1 && !html.replace(/<(style|title)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^<>]*>|\s|&nbsp;/gi, "");
};

/* Returns the alternative text of the first image in HTML. */
export const altOf = (html) => /<img\b[^<>]*\salt\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(html)?.slice(1).find(Boolean)?.trim() ?? "";

const sourceOf = (image) => {
  const match = SOURCE.exec(image);
  return (match?.[1] ?? match?.[2] ?? match?.[3] ?? "").trim();
};

const base64 = (hex) => {
  let binary = "";
  for (let at = 0; at + 1 < hex.length; at += 2) binary += String.fromCharCode(Number.parseInt(hex.slice(at, at + 2), 16));
  return btoa(binary);
};

/* Returns the images in RTF as `data:` addresses, in their order. Word writes each once more for older programs, as a metafile. */
export const imagesOfRtf = (rtf) => {
  const found = [];
  for (const { index, 0: word, 1: kind } of rtf.matchAll(RTF_IMAGE)) {
    let at = index + word.length;
    // Control words and groups, such as the image's id, come before its bytes.
    for (let depth = 0; at < rtf.length; at += 1) {
      const sign = rtf[at];
      if (sign === "{") depth += 1;
      else if (sign === "}" && depth === 0) break;
      else if (sign === "}") depth -= 1;
      else if (sign === "\\") at += /^\\[a-z]*-?\d* ?/i.exec(rtf.slice(at, at + 40))[0].length - 1;
      else if (depth === 0 && /[\da-f]/i.test(sign)) break;
    }
    const end = rtf.indexOf("}", at);
    const hex = rtf.slice(at, end < 0 ? rtf.length : end).replace(/\s+/g, "");
    if (hex && /^[\da-f]+$/i.test(hex)) found.push(`data:image/${kind};base64,${base64(hex)}`);
  }
  return found;
};

/* Takes the images out of HTML: returns `html`, with `pasted:1` and so on for their addresses, and `images`, a Map from
   those to `data:` addresses. `rtf`: has the images that Word keeps in files, to which its HTML leads. */
export const takeImages = (html, rtf = "") => {
  const images = new Map();
  const isFile = (image) => /^file:/i.test(sourceOf(image));
  const files = (html.match(IMAGE) ?? []).filter(isFile).length;
  const found = files && rtf ? imagesOfRtf(rtf) : [];
  const data = found.length === files ? found : [];
  const result = html.replace(IMAGE, (image) => {
    const source = sourceOf(image);
    const isData = /^data:/i.test(source) && source.length >= MIN_DATA_LENGTH;
    const address = isData ? source : isFile(image) ? data.shift() : null;
    if (!address) return image;
    const key = `pasted:${images.size + 1}`;
    images.set(key, address);
    return image.replace(SOURCE, ` src="${key}"`);
  });
  return { html: result, images };
};

/* Returns the bytes of a `data:` address as a file called `name`, null if it is no image that can be uploaded. */
export const fileOf = (address, name) => {
  const match = /^data:([^;,]+)(?:;[^,]*)?;base64,/i.exec(address);
  if (!match || !isImage({ type: match[1] })) return null;
  try {
    const binary = atob(address.slice(match[0].length).replace(/\s+/g, ""));
    return new File([Uint8Array.from(binary, (sign) => sign.charCodeAt(0))], name, { type: match[1].toLowerCase() });
  } catch {
    return null;
  }
};

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/* Returns a paragraph for each line of plain text, as HTML. */
export const paragraphsOf = (text) =>
  text
    .split(/\r\n?|\n/)
    .filter((line) => line.trim())
    .map((line) => `<p>${line.replace(/[&<>"]/g, (sign) => ESCAPES[sign])}</p>`)
    .join("");

/* Returns `text`, which stood around a paste when that began, with what has been typed since, as [before, after]. */
export const splitAround = (before, after, text) => {
  if (text.startsWith(before)) return [before, text.slice(before.length)];
  if (text.endsWith(after)) return [text.slice(0, text.length - after.length), after];
  const at = Math.min(before.length, text.length);
  return [text.slice(0, at), text.slice(at)];
};
