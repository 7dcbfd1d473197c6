"""Find boilerplate, the parts of a page that are not its article, such as menus, share bars and comments.

It is recognised by elements, roles and class names.

The class names are those of common publishing systems: WordPress and its plugins, MediaWiki, Sphinx, MkDocs,
GitHub, Pressbooks, LibreTexts, Drupal, Blogger, news sites. An element that holds most of the page's text is never
boilerplate, whatever its name.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.pages.layout import BLOCK_SELECTOR, BLOCKS, HEADINGS
from lessons.importing.readers.pages.names import joined_names
from lessons.importing.readers.pages.page_block import Exclusion

HIDDEN = _("Hidden on the page.")
MENU = _("The navigation or the footer of the page.")
FORM = _("A form on the page.")
COMMENTS = _("Readers’ comments.")
SHARING = _("Buttons for sharing the page.")
RELATED = _("Links to other articles.")
CONTENTS = _("The page’s own table of contents.")
COOKIES = _("A notice about cookies or privacy.")
NEWSLETTER = _("An invitation to subscribe.")
AUTHOR = _("The page’s author or date.")
ADVERT = _("An advertisement.")
SIDEBAR = _("A sidebar.")
INFOBOX = _("An infobox.")
PERMALINK = _("A link to a heading, or for editing it.")
POINTER = _("A reference to another article.")

# Elements and roles.
SELECTORS: list[tuple[str, str | Promise]] = [
    # What a tab or a search shows is part of the text.
    (
        "[hidden]:not([role=tabpanel], [hidden='until-found']), [aria-hidden=true]:not([role=tabpanel]), template, "
        "noscript, [style*='display:none'], [style*='display: none']",
        HIDDEN,
    ),
    (
        "nav, menu, dialog, footer, [role=navigation], [role=banner], [role=contentinfo], [role=search], "
        "[role=dialog], [role=menu], [role=menubar], [role=alertdialog]",
        MENU,
    ),
    ("[role=complementary]", SIDEBAR),
    ("[role=doc-toc]", CONTENTS),
    ("form", FORM),
]
HEADING_LINKS = ", ".join(f"h{n} a, h{n} button, h{n} [class*=edit]" for n in range(1, 7))
HEADING_LINK_NAME = re.compile(
    r"-(?:headerlink|header-anchor|permalink|anchor|anchor-?link|anchorjs-link|hash-link|heading-link|section-link|"
    r"editsection|edit-section|edit-link|edit)-"
)
IN_PAGE_LINKS = 3  # a list that consists of so many links within the page is its table of contents
MAX_UNLINKED = 0.2
MAX_SIBLINGS = 10
# Patterns for class names and ids in kebab case, with hyphens around each.
NAMES: list[tuple[re.Pattern[str], str | Promise]] = [
    (
        re.compile(
            r"-(?:comments?-(?:area|list|section|wrapper|container|form|respond|thread|block|box|body|content)|"
            r"commentlist|comments|disqus|respond|leave-comment|reply-form|guestbook)-"
        ),
        COMMENTS,
    ),
    (
        re.compile(
            r"-(?:shar(?:e|ing)(?:-\w+)?|social(?:-\w+)?|sharedaddy|shareaholic|addtoany|a2a|addthis|shariff|"
            r"heateor|(?:facebook|twitter|linkedin|pinterest|whatsapp)-(?:share|follow|like|button|link|icon)|"
            r"(?:post-|star-|kk-star-)?ratings?|follow-?us|tweet-?(?:this|button))-"
        ),
        SHARING,
    ),
    (
        re.compile(
            r"-(?:related(?:-\w+)?|relatedposts|yarpp|jp-relatedposts|recommend(?:ed|ations?)|readmore|"
            r"read-(?:more|next|also)|more-(?:posts|articles|stories|from|on)|similar(?:-\w+)?|also-like|"
            r"see-also|teasers?|(?:recent|popular|latest|other)-(?:posts|articles|news|entries|stories)|"
            r"outbrain|taboola|crp|catlinks|navbox|vertical-navbox|sistersitebox|portalbox|interlanguage|p-lang|"
            r"post-?navigation|nav-links|nav-(?:previous|next|below|above|single)|page-?navi|paginat(?:ion|or)|"
            r"pager|wp-pagenavi|prev-next|tags?-(?:links|list|cloud)|tagcloud|tags|post-tags|cat-links|"
            r"categories|breadcrumbs?|breadcrumb-\w+|archives?)-"
        ),
        RELATED,
    ),
    (
        re.compile(
            r"-(?:toc|toc-\w+|ez-toc|lwptoc|tocbox|table-of-contents|sphinxsidebar|md-sidebar|wy-nav-side|"
            r"inhaltsverzeichnis)-"
        ),
        CONTENTS,
    ),
    (
        re.compile(
            r"-(?:cookies?(?:-\w+)?|consent|gdpr|ccpa|cmp-?(?:banner|box|container|overlay|wrapper|consent)|onetrust|"
            r"cookiebot|borlabs|privacy-(?:notice|banner))-"
        ),
        COOKIES,
    ),
    (
        re.compile(
            r"-(?:newsletter(?:-\w+)?|subscri(?:be|ption)(?:-\w+)?|mailchimp|mc4wp|signup|sign-up|optin|opt-in|"
            r"paywall)-"
        ),
        NEWSLETTER,
    ),
    (
        re.compile(
            r"-(?:author-(?:box|bio|info|card|profile|description|details|meta)|about-author|authorbox|byline|"
            r"post-?meta|entry-?meta|article-?meta|entry-?footer|post-?footer|article-?footer|postmetadata|"
            r"meta-info|post-info|entry-utility|printfooter|published|dateline|last-?modified|lastmod|vcard)-"
        ),
        AUTHOR,
    ),
    (
        re.compile(
            r"-(?:ads?|adsbygoogle|advert(?:s|isement|ising)?|banner|sponsor(?:ed)?|promo(?:tion)?|werbung|"
            r"anzeige|publicidad)-"
        ),
        ADVERT,
    ),
    (re.compile(r"-(?:infobox(?:-\w+)?|taxobox|wikitable-infobox)-"), INFOBOX),
    (
        re.compile(r"-(?:hatnote|dablink|rellink|mw-jump-link|jump-to-nav|sitesub|sitenotice|ambox|mbox-small)-"),
        POINTER,
    ),
    (
        re.compile(
            r"-(?:sidebar|side-?bar(?:-\w+)?|aside|right-?col(?:umn)?|left-?col(?:umn)?|widgets?|widget-area|"
            r"rail|secondary)-"
        ),
        SIDEBAR,
    ),
    (
        re.compile(
            r"-(?:nav|navi|navigation|navbar|menu|menus|main-menu|sub-?menu|top-?bar|topnav|skip-link|"
            r"skip-to-content|(?:site|page|global|main|master)-?(?:header|footer)|footer|header-(?:top|bar)|"
            r"masthead|footer-\w+|mw-navigation|mw-panel|mw-head|mw-editsection|noprint|login|log-in|"
            r"search(?:-\w+)?|language-(?:switcher|selector)|lang-switch|back-to-top|print-?button|toolbar|"
            r"modal|popup|pop-up|overlay|lightbox|screen-reader-text|visually-hidden|sr-only|offscreen)-"
        ),
        MENU,
    ),
]
NAMED = "[class], [id]"
TEASER = "-teaser"
SECTION_LEVEL = re.compile(r"-level-[1-6]-")  # how Pandoc names the section of a heading


def find(page: LexborHTMLParser, *, by_name: bool) -> dict[int, Exclusion]:
    """Return the boilerplate, by the `mem_id` of its elements. by_name: also by class names and ids."""
    exclusions: dict[int, Exclusion] = {}
    for selector, reason in SELECTORS:
        for node in page.css(selector):
            exclusions.setdefault(node.mem_id, Exclusion(node.mem_id, reason))
    for node in page.css(HEADING_LINKS):
        text = node.text(deep=True)
        if not text and "href" not in node.attributes:
            continue  # the target of a link
        if not any(c.isalnum() for c in text) or HEADING_LINK_NAME.search(joined_names(node)):
            _keep_name(node)
            exclusions.setdefault(node.mem_id, Exclusion(node.mem_id, PERMALINK))
    for node in page.css("body > header, body > div > header"):
        if not node.css_first("h1"):
            exclusions.setdefault(node.mem_id, Exclusion(node.mem_id, MENU))
    for node in page.css("ul, ol"):
        if _is_contents(node):
            exclusions.setdefault(node.mem_id, Exclusion(node.mem_id, CONTENTS))
    for node in page.css("button"):
        if not _is_in_sentence(node):
            exclusions.setdefault(node.mem_id, Exclusion(node.mem_id, FORM))
    for node in page.css(NAMED) if by_name else ():
        is_candidate = node.tag not in ("html", "body", "main", "article") and node.mem_id not in exclusions
        if is_candidate and (named := _exclusion_by_name(node)):
            exclusions[node.mem_id] = named
    return exclusions


def _exclusion_by_name(node: LexborNode) -> Exclusion | None:
    """Return the exclusion of an element whose class names or id suggest boilerplate."""
    names = joined_names(node)
    for pattern, reason in NAMES:
        if found := pattern.search(names):
            if _is_named_by_heading(node) and not pattern.search(joined_names(node, with_id=False)):
                continue
            return None if TEASER in found[0] and _is_below_title(node) else Exclusion(node.mem_id, reason, found[0])
    return None


def _is_named_by_heading(node: LexborNode) -> bool:
    """Return whether the id of an element was made of the text of a heading, and says nothing about its part."""
    if node.tag in HEADINGS:
        return True
    heading = node.css_first(", ".join(HEADINGS)) if node.tag in ("section", "div") else None
    if heading is None or _slug(node.attributes.get("id") or "") != _slug(heading.text(deep=True)):
        return False
    is_linked = any(HEADING_LINK_NAME.search(joined_names(link)) for link in heading.css("a"))
    return is_linked or bool(SECTION_LEVEL.search(joined_names(node)))


def _slug(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).casefold()


def _is_below_title(node: LexborNode) -> bool:
    """Return whether an element follows the main heading, at most with others between, as an article's lede does."""
    before = node.prev
    for _sibling in range(MAX_SIBLINGS):
        if before is None or before.tag == "h1":
            return before is not None and not node.css_first("a")
        before = before.prev
    return False


def _keep_name(link: LexborNode) -> None:
    """Move the id of a link that is left out to its heading, since other links may refer to it."""
    name, heading = link.attributes.get("id") or link.attributes.get("name"), link.parent
    if name and heading and not heading.attributes.get("id"):
        heading.attrs["id"] = name


def _is_contents(node: LexborNode) -> bool:
    """Return whether a list consists of links within the page."""
    if node.parent and node.parent.tag == "li":
        return False
    links = node.css("a[href]")
    here = [link for link in links if (link.attributes["href"] or "").startswith("#")]
    if len(here) < IN_PAGE_LINKS or len(here) != len(links):
        return False
    length = len(node.text(deep=True, strip=True))
    return sum(len(link.text(deep=True, strip=True)) for link in here) >= (1 - MAX_UNLINKED) * length


def _is_in_sentence(button: LexborNode) -> bool:
    """Return whether text is next to the button, as with terms that a textbook explains in pop-ups."""
    node = button
    while node.parent and node.parent.tag not in BLOCKS and not node.parent.css_first(BLOCK_SELECTOR):
        node = node.parent
    return any(_text_beside(node, step) for step in ("prev", "next"))


def _text_beside(node: LexborNode, step: str) -> bool:
    sibling = getattr(node, step)
    for _sibling in range(MAX_SIBLINGS):
        if sibling is None or sibling.tag in BLOCKS or sibling.tag == "br":
            return False
        if sibling.tag != "button" and any(c.isalnum() for c in sibling.text(deep=True)):
            return True
        sibling = getattr(sibling, step)
    return False
