"""German words for the rules of suggestions."""

import re

from lessons.importing.suggestions.languages.base import Language, numbered, words

MONTHS = numbered(
    "januar jänner jan|februar feb|märz mär|april apr|mai|juni jun|juli jul|august aug|september sept sep|"
    "oktober okt|november nov|dezember dez"
)
FUNCTION_WORDS = words(
    "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines und oder aber",
    "denn sondern doch jedoch wenn weil dass daß ob als wie während bevor nachdem obwohl damit sodass falls sobald",
    "solange indem in im ins an am ans auf aufs aus bei beim mit nach seit von vom zu zum zur für durch gegen ohne um",
    "über unter vor hinter neben zwischen bis wegen trotz statt innerhalb außerhalb gegenüber entlang laut gemäß ich",
    "du er sie es wir ihr mich dich sich uns euch ihm ihn ihnen mir dir mein dein sein seine seinen seinem seiner",
    "seines ihre ihren ihrem ihrer ihres unser unsere euer dieser diese dieses diesen diesem jener jene jenes jenen",
    "jenem welcher welche welches welchen welchem wer was wem wen wessen wo wohin woher wann warum weshalb wieso man",
    "jemand niemand etwas nichts alle allen alles aller jede jeder jedes jeden jedem mancher manche manches einige",
    "einigen einiger mehrere mehreren viele vielen vieler wenige wenigen beide beiden beider ist sind war waren bin",
    "bist sei seien wäre wären gewesen sein hat haben habe hatte hatten hätte gehabt wird werden wurde wurden worden",
    "würde würden geworden kann können konnte konnten könnte muss müssen musste mussten soll sollen sollte sollten",
    "darf dürfen durfte mag mögen möchte will wollen wollte nicht nie niemals nur auch noch schon sehr so sogar "
    "selbst",
    "selber mehr weniger meist meistens oft häufig manchmal immer stets wieder bereits bald dann danach davor daher",
    "deshalb deswegen darum dazu dabei dadurch dafür dagegen damals dort da hier hierbei hierzu heute gestern morgen",
    "jetzt nun zuerst zunächst schließlich endlich eigentlich etwa ungefähr fast ganz gar genau gerade eben einfach",
    "allein allerdings also außerdem zudem ebenfalls ebenso einmal zweimal erst erste ersten erster erstes zweite",
    "zweiten dritte dritten letzte letzten eins zwei drei vier fünf sechs sieben acht neun zehn hundert tausend ja",
    "nein bitte herr frau dr prof bzw usw etc vgl siehe z b d h u a ca nr s ff anderer andere anderen anderes",
    "solche solcher solches solchen insbesondere vielmehr trotzdem dennoch zwar somit folglich jeweils direkt hin her",
    "unten oben nachstehend anbei folgendes dies deren dessen denen darauf daraus darin davon daran daneben "
    "darüber darunter dazwischen",
)
EVERYDAY_WORDS = words(
    "anleitung anleitungen team teams testing programm programme abschnitt absicht aktion alter anfang angabe "
    "angebot anlass ansatz ansicht antwort anwendung anzahl arbeit art",
    "artikel arten aspekt aufgabe aufgaben auge ausdruck ausnahme autor basis bedeutung bedingung begriff beginn",
    "beispiel beispiele beitrag bereich bereiche bericht beschreibung bild blick buch buchstabe daten dauer ding "
    "dinge",
    "dokument ebene eigenschaft eigenschaften eindruck einfluss einheit einleitung element ende entscheidung",
    "entwicklung ereignis erfahrung erfolg ergebnis ergebnisse erklärung fach fähigkeit fall fälle familie fehler "
    "feld",
    "folge folgen form formen forschung frage fragen freund funktion gebiet gedanke gefahr gefühl gegensatz "
    "gegenstand",
    "geld gemeinschaft geschichte gesellschaft gesetz gespräch grenze größe grund gründe grundlage gruppe hand haus",
    "hilfe hinweis idee information informationen inhalt interesse jahr jahre jahren jahrhundert kapitel kind kinder",
    "klasse kontrolle kopf kosten kraft krieg kurs lage land leben lehrer leser leute licht linie liste lösung macht",
    "mal mann maßnahme meinung menge mensch menschen merkmal methode minute mitglied mittel möglichkeit moment monat",
    "name namen natur nutzer objekt ordnung ort person personen phase plan platz position preis problem probleme",
    "produkt projekt prozent prozess punkt qualität quelle rahmen raum realität recht regel regeln reihe rolle sache",
    "satz schritt schritte schule schwierigkeit seite seiten sicht sinn situation sprache staat stadt stand stelle",
    "struktur stück stunde system systeme tabelle tag tage teil teile text theorie thema titel typ überblick übung",
    "umgebung unterschied untersuchung ursache vergleich verhältnis version verwendung volk vorteil weg weise welt",
    "werk wert werte wesen wirkung wissen wissenschaft woche wort worte wörter zahl zeichen zeit zeiten ziel ziele",
    "zukunft zusammenhang zustand zweck zusammenarbeit benutzer anwender",
    "alt alte alten allgemein allgemeine bekannt besonders besondere bestimmte bestimmten deutsch deutsche eigene",
    "eigenen einfache einzelne einzelnen folgende folgenden früh ganze ganzen gemeinsam genannt genannte große großen",
    "großer gut gute guten groß heutige hoch hohe jung kleine kleinen klein klar kurz lange langen lang leicht "
    "menschliche",
    "möglich nächste neue neuen neuer neues neu obige schlecht schwer sogenannte sogenannten sicher spät "
    "unterschiedliche",
    "verschiedene verschiedenen wahr weitere weiteren wichtig wichtige wichtigen wirklich verwendet",
)
PERSON_WORDS = words(
    "philosoph schriftsteller autor dichter könig königin kaiser präsident politiker wissenschaftler physiker "
    "chemiker",
    "mathematiker historiker ökonom soziologe psychologe theologe komponist musiker sänger maler künstler "
    "schauspieler",
    "regisseur architekt ingenieur erfinder entdecker general admiral soldat offizier führer gründer schüler student",
    "lehrer professor forscher journalist anwalt richter priester bischof papst mönch sohn tochter bruder schwester",
    "vater mutter frau mann kind freund mitglied entwickler programmierer arzt",
)
NOT_NAMES = words(
    "januar februar märz april mai juni juli august september oktober november dezember montag dienstag mittwoch",
    "donnerstag freitag samstag sonntag artikel kapitel abschnitt abbildung tabelle teil anhang seite band gott",
    "internet herr frau dr prof",
)
DANGLING = re.compile(
    r"[„“»\"'(\[]*(?:(?:Aber|Und|Oder|Denn|Doch|Dann|Jedoch|Allerdings|Außerdem|Zudem|Daher|Deshalb|Also|Auch|So|"
    r"Somit|Zum Beispiel|Dennoch|Trotzdem|Schließlich|Nun),? )?(?:er|sie|es|ihm|ihn|ihr|ihre|ihren|ihrem|ihrer|"
    r"ihnen|sein|seine|seinen|seinem|seiner|seines|dies|diese|dieser|dieses|diesen|diesem|jene|jener|jenes|jenen|"
    r"jenem|solch\w*|das (?:ist|sind|war|waren|wird|kann|hat|bedeutet|heißt|führt|führte|gilt)|die (?:ist|sind|war|"
    r"waren|beiden|anderen|folgenden?|ersten|zweite|letzte|letzten)|der (?:ist|war|andere|erste|zweite|letzte|"
    r"folgende|unterschied|grund)|beide|(?:in|auf|aus|bei|mit|nach|seit|von|zu|für|durch|gegen|über|unter|vor|an|"
    r"neben|zwischen) (?:dies\w*|jene\w*|ihm|ihr|ihnen|ihn|sie|es|solch\w*|beiden?)|da(?:her|mit|durch|bei|für|zu|"
    r"rin|raus|rauf|ran|von|nach|gegen|runter|rüber|neben|zwischen|vor)|damals|dort|hier\w*|dazu|darum|deshalb|"
    r"deswegen|dessen|deren|im (?:folgenden|gegensatz dazu)|andere|einige|manche|wie (?:wir|sie|oben|bereits|"
    r"erwähnt)|ich|wir|mein\w*|unser\w*|man|was|wer|wie|warum|welche\w*|wo|siehe|beachten|stellen sie|nehmen wir|so|"
    r"dann|letztere\w*|erstere\w*)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"(?:Im|Am|In|Seit|Nach|Vor|Ab|Um|Bis|Zwischen|Anfang|Ende|Mitte|\d)[^,]{0,45} (?:er|sie|ihm|ihn|ihnen|dieser|"
    r"diese|dieses|dort|damit|dabei)\b"
)
CONNECTIVE = re.compile(
    r"(?:Aber|Und|Denn|Doch)\s+|(?:Zum Beispiel|Beispielsweise|Kurz gesagt|Mit anderen Worten|Im Grunde):?,?\s+"
)
CITATION = re.compile(
    r"\b(?:abgerufen|zugegriffen|archiviert|zuletzt (?:geändert|aktualisiert|bearbeitet)|aktualisiert|"
    r"veröffentlicht (?:am|von|in|bei|unter)|erschienen (?:in|bei|am)|alle rechte vorbehalten|isbn|issn|doi|et al|"
    r"ebd|a\. a\. o|s\. ?\d|bd\. ?\d|nr\. ?\d|hrsg|herausgegeben|übersetzt von|verlag|foto(?:grafie)?(?: von|:)|"
    r"bildnachweis|quelle:|siehe auch|nachdruck|lizenziert|creative commons|pressemitteilung|weiterlesen|abonnieren|"
    r"auflage)\b|©|https?://|www\.|\bcopyright\b",
    re.IGNORECASE,
)

GERMAN = Language(
    code="de",
    function_words=FUNCTION_WORDS,
    everyday_words=EVERYDAY_WORDS,
    person_words=PERSON_WORDS,
    not_names=NOT_NAMES,
    months=MONTHS,
    dangling=DANGLING,
    pronoun=PRONOUN,
    connective=CONNECTIVE,
    citation=CITATION,
)
