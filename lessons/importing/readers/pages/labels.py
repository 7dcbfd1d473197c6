"""Recognise short lines that publishing systems put around an article, in several languages."""

import re

from django.utils.functional import Promise

from lessons.importing.readers.pages import boilerplate

MAX_LENGTH = 90
EDGES = " \t\n\xa0.:;,!?…-–—|·•»«›‹→←↑↓()[]*#+/▶►✉✎❤♥"
SEPARATOR = re.compile(r"[:»>–—|]")
MIN_LINKED = 0.3
PINGBACK = re.compile(r"(?:\d{1,3}\.\s)?(?:pingback|trackback)\b", re.IGNORECASE)
LABELS: list[tuple[re.Pattern[str], str | Promise]] = [
    (
        re.compile(
            r"share(?: (?:this|on|via|it|with|me)\b.{0,30})?|be sociable,? share|spread the word|tweet|pin it|"
            r"like this|follow us.{0,20}|(?:artikel |beitrag |seite |jetzt |diesen artikel |"
            r"diese seite )?(?:weiter)?(?:teilen|empfehlen)|teile(?: mich| diesen beitrag| dies)?|"
            r"(?:möchten sie|gefällt (?:ihnen|dir)) .{0,30}(?:artikel|beitrag).{0,10}|(?:war|"
            r"fanden sie) .{0,30}(?:nützlich|hilfreich).{0,40}|empfiehl dies deinen freunden|partager.{0,30}|"
            r"partagez.{0,30}|compart(?:ir|e|ilo).{0,30}|condividi.{0,30}|delen|udostępnij|paylaş|\(?(?:no|\d+|"
            r"noch keine|keine|aucun|sin) (?:votes?|ratings?|likes?|bewertungen|stimmen|avis|"
            r"votos)(?: yet)?\)?(?: loading)?|(?:rate|rating) (?:this|of this)\b.{0,40}|(?:did you (?:like|"
            r"enjoy)|was) this (?:article|post|page).{0,20}",
            re.IGNORECASE,
        ),
        boilerplate.SHARING,
    ),
    (
        re.compile(
            r"(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested in)|related(?: (?:posts?|articles?|"
            r"stories|content|links|news|topics|reading))?|recommended(?: (?:for you|posts|articles|reading))?|"
            r"more (?:from|on|in|like|about) .{0,40}|more (?:articles|stories|posts|news)|(?:recent|latest|"
            r"popular|similar|other) (?:posts?|articles?|stories|news|entries)|trending(?: now)?|read (?:more|"
            r"next|also)|up next|don['’]t miss|most (?:read|popular)|(?:das |dies |diese )?"
            r"(?:thema |artikel |beiträge |themen )?(?:könnten?|dürften?) (?:dich|sie|ihnen|euch) "
            r"(?:auch |ebenfalls )?(?:interessieren|gefallen)|(?:mehr|weiteres|"
            r"weitere (?:artikel|beiträge|infos?|informationen|links?|themen)|weiterführende(?:r|s)? (?:links?|"
            r"artikel|informationen))(?: (?:zum|zu|aus|von|über|im) .{0,40})?|(?:ähnliche|verwandte|passende|"
            r"empfohlene|neueste|aktuelle|andere|letzte|meistgelesene) (?:artikel|beiträge|themen|posts?|"
            r"einträge|nachrichten|meldungen|produkte)|(?:auch |ebenfalls )?interessant|lesen sie auch|"
            r"lesetipps?|mehr lesen|weiterlesen|vorheriger (?:artikel|beitrag)|nächster (?:artikel|beitrag)|"
            r"vorschau auf den nächsten artikel|à lire (?:aussi|également|ensuite)|lire (?:aussi|la suite|plus)|"
            r"(?:articles?|sujets?) (?:similaires?|liés?|connexes?|recommandés?|associés?)|(?:vous aimerez|"
            r"cela peut vous|ça pourrait vous|sur le même (?:sujet|thème)).{0,40}|dans la même (?:catégorie|"
            r"rubrique)|(?:artículos?|entradas?|noticias?|temas?) (?:relacionad[oa]s?|recomendad[oa]s?|"
            r"recientes?|similares?)|también te puede interesar|te puede interesar.{0,20}|leer más|(?:articoli|"
            r"post) (?:correlati|simili|recenti)|leggi anche|potrebbe(?:ro)? interessarti.{0,20}|"
            r"(?:gerelateerde|verwante) (?:berichten|artikelen)|lees ook|lees meer|(?:podobne|"
            r"powiązane) (?:artykuły|wpisy)|zobacz (?:też|także)|leia (?:mais|também)|(?:artigos|"
            r"posts) relacionados|ilgili (?:yazılar|haberler)|関連(?:記事|リンク)|おすすめ記事|相关(?:阅读|文章|"
            r"新闻|推荐)|热门推荐|推荐阅读|(?:читайте также|похожие (?:статьи|записи)|по теме))",
            re.IGNORECASE,
        ),
        boilerplate.RELATED,
    ),
    (
        re.compile(
            r"(?:(?:view|show|load|leave|post|add|write|read|see|hide)?\s?(?:a |all |your |\d+ )?(?:comments?|"
            r"repl(?:y|ies)|responses?)(?: \d+)?|(?:no|\d+|one|join the) (?:comments?|repl(?:y|ies)|responses?|"
            r"discussion|conversation)(?: (?:on|to|yet).{0,60})?|(?:comments|responses) (?:are closed|\(\d+\))|"
            r"leave a (?:reply|comment).{0,40}|cancel reply|reply|join the discussion|(?:\d+ |keine |"
            r"ein )?kommentare?(?: (?:zu|schreiben|verfassen|hinterlassen|anzeigen|abgeben).{0,60}| \d+)?|"
            r"kommentieren|antworten|(?:schreibe?|hinterlasse|verfasse)n? (?:sie )?(?:einen?|eine|deinen?|"
            r"ihren) (?:kommentar|antwort).{0,20}|antwort (?:schreiben|hinterlassen|abbrechen)|"
            r"diskutieren sie mit.{0,20}|(?:\d+ |aucun )?commentaires?(?: \d+)?|laisse[rz]? un commentaire|"
            r"répondre|réagir|(?:\d+ )?comentarios?|deja (?:un comentario|una respuesta)|(?:\d+ )?commenti|"
            r"lascia un commento|rispondi|(?:\d+ )?reacties|laat een reactie achter|(?:\d+ )?komentarze|"
            r"dodaj komentarz|comentários|deixe um comentário|yorumlar|コメント(?:を残す)?|评论|комментарии|"
            r"добавить комментарий)",
            re.IGNORECASE,
        ),
        boilerplate.COMMENTS,
    ),
    (
        re.compile(
            r"(?:advertisements?|sponsored(?: content)?|ad|anzeigen?|werbung|publicité|annonce|publicidad|"
            r"anuncio|pubblicità|reklama?|advertentie|広告|广告|реклама)",
            re.IGNORECASE,
        ),
        boilerplate.ADVERT,
    ),
    (
        re.compile(
            r"(?:(?:subscribe|sign up)(?: (?:to|for|now|here)\b.{0,50})?|.{0,30}newsletter(?: .{0,30})?|"
            r"(?:jetzt )?abonnieren.{0,30}|s['’]abonner.{0,30}|abonnez-vous.{0,40}|suscríbete.{0,40}|"
            r"iscriviti.{0,40}|enter your e-?mail.{0,40})",
            re.IGNORECASE,
        ),
        boilerplate.NEWSLETTER,
    ),
    (
        re.compile(
            r"(?:print(?: (?:this )?(?:page|article|friendly))?|(?:seite |artikel )?(?:aus)?drucken|imprimer|"
            r"imprimir|stampa|e-?mail|pdf(?: (?:version|download))?|(?:back )?to (?:the )?top|top|nach oben|"
            r"(?:zurück )?zu[mr] (?:anfang|seitenanfang|übersicht|startseite)|haut de page|retour(?: en haut)?|"
            r"skip to (?:main )?content|zum inhalt springen|zurück|weiter|next|previous|home|startseite|loading|"
            r"next (?:post|article|page)|previous (?:post|article|page)|older (?:posts|entries)|newer (?:posts|"
            r"entries)|log ?in|sign in|anmelden|einloggen|menu|menü|search|suche)",
            re.IGNORECASE,
        ),
        boilerplate.MENU,
    ),
    (
        re.compile(
            r"(?:.{0,60}\Wlast (?:modified|updated|edited|changed):.{0,50}|"
            r"(?:last|page) (?:modified|updated?|edited|changed?|reviewed)(?: on)?\b.{0,50}|(?:zuletzt|"
            r"letzte) (?:geändert|aktualisiert|bearbeitet|änderung|aktualisierung|bearbeitung)\b.{0,50}|"
            r"stand: ?\d.{0,20}|(?:dernière (?:mise à jour|modification)|última (?:actualización|modificación)|"
            r"ultim[oa] (?:aggiornamento|modifica))\b.{0,50}|(?:posted|filed|published|written) (?:in|under|on|"
            r"by|at)\b.{0,60}|(?:veröffentlicht|geschrieben|publiziert) (?:am|in|von|unter)\b.{0,60}|(?:tags?|"
            r"categor(?:y|ies)|kategorien?|schlagw(?:ort|orte|örter)|themen|keywords|catégories?|etiquetas|"
            r"étiquettes|mots-clés)\s?:.{0,60}|(?:categories|tags|kategorien|schlagwörter|schlagworte)|"
            r"(?:about the authors?|über (?:den autor|die autorin|uns)|à propos de l['’]auteur|sobre el autor)|"
            r"\d{1,2} min(?:utes?|uten)?\.? (?:read|lesezeit|de lecture)|(?:reading time|lesezeit|"
            r"lesedauer)\b.{0,20})",
            re.IGNORECASE,
        ),
        boilerplate.AUTHOR,
    ),
]
RELATED_LABEL = LABELS[1][0]


def reason_of_label(text: str, linked: float) -> str | Promise | None:
    """Return why such a line is left out, None for any other line.

    linked: the share of its text that is in links. A label followed by a link, "Read more: …", is such a line, too.
    """
    bare = text[: MAX_LENGTH + 1].strip(EDGES)
    if len(text) <= MAX_LENGTH:
        for pattern, reason in LABELS:
            if pattern.fullmatch(bare):
                return reason
    label = SEPARATOR.split(bare, maxsplit=1)[0].strip(EDGES)
    if label != bare and linked >= MIN_LINKED and RELATED_LABEL.fullmatch(label):
        return boilerplate.RELATED
    return boilerplate.COMMENTS if PINGBACK.match(bare) and linked else None
