"""French words for the rules of suggestions."""

import re

from lessons.importing.suggestions.languages.base import Language, numbered, words

MONTHS = numbered(
    "janvier janv|février fevrier févr fév|mars|avril avr|mai|juin|juillet juil|août aout|septembre sept|"
    "octobre oct|novembre nov|décembre decembre déc"
)
FUNCTION_WORDS = words(
    "le la les l un une des du de d à au aux et ou où ni mais or donc car si en dans sur sous par pour avec sans vers",
    "chez entre contre depuis pendant avant après dès jusque jusqu selon malgré parmi hors outre que qu qui quoi dont",
    "lequel laquelle lesquels lesquelles duquel auquel ce cet cette ces c ceci cela ça celui celle ceux celles je "
    "j tu",
    "il elle on nous vous ils elles me m te t se s lui leur leurs y eux moi toi soi mon ma mes ton ta tes son sa ses",
    "notre nos votre vos ne n pas plus moins très trop peu beaucoup assez aussi autant tant si tellement bien mal",
    "mieux tout toute tous toutes aucun aucune chaque plusieurs quelque quelques certain certains certaine certaines",
    "autre autres même mêmes tel telle tels telles nul nulle quel quelle quels quelles est sont était étaient fut",
    "furent sera seront serait être été étant soit ont a ai as avons avez avait avaient aura auront avoir eu ayant",
    "fait faire font faisait peut peuvent pouvait pouvoir doit doivent devoir devait va vont aller dit dire dits "
    "alors",
    "ainsi cependant toutefois pourtant néanmoins enfin ensuite puis encore déjà toujours jamais souvent parfois",
    "maintenant hier demain ici là voici voilà comme comment pourquoi quand lorsque lorsqu puisque puisqu tandis",
    "quoique afin lors dessus dessous dedans dehors loin près autour environ seulement surtout notamment presque",
    "vraiment simplement généralement habituellement également directement deux trois quatre cinq six sept huit neuf",
    "dix cent mille premier première second seconde deuxième troisième dernier dernière oui non merci monsieur madame",
    "appelé appelée appelés appelées nommé nommée nommés nommées dite dites aujourd hui m mme mlle dr etc cf p pp "
    "ex quant grâce face cas fois rien personne chacun chacune quiconque",
)
EVERYDAY_WORDS = words(
    "caractéristique caractéristiques fonctionnement tutoriel moteur accord action activité âge aide ami amie an "
    "année années ans article aspect attention auteur avantage avis base",
    "besoin bout but cadre caractère cas cause chance changement chapitre chose choses choix classe cœur conclusion",
    "condition conditions connaissance conséquence contenu contexte côté coup cours début décision demande "
    "description",
    "détail développement différence difficulté direction document domaine droit durée échange effet élément éléments",
    "emploi endroit enfant ensemble époque équipe erreur espace esprit essai étape état étude événement évolution",
    "exemple exemples expérience explication expression façon facteur faits famille femme fichier figure fin fonction",
    "force forme formes français général gens gouvernement grand groupe guerre heure histoire homme hommes idée idées",
    "image importance important impression influence information informations intérêt introduction jeu jour jours",
    "langue lecteur lettre lieu ligne limite liste livre loi main maison manière marche matière membre mesure méthode",
    "milieu mise mode modèle moment monde mot mots moyen nature niveau nom nombre note notion nouveau nouvelle objet",
    "objectif ordre origine outil page paragraphe parole part partie parties passage pays peine pensée période",
    "personnes petit peuple phase phrase pièce place plan plupart point points politique position possibilité pouvoir",
    "pratique présence prix principe problème problèmes processus produit projet propos qualité quantité question",
    "questions raison raisons rapport réalité recherche règle relation réponse ressource reste résultat résultats "
    "rôle",
    "section sens série service siècle situation société solution sorte source structure style succès suite sujet",
    "système table tableau technique temps terme termes tête texte théorie titre travail travaux type types unité",
    "usage utilisateur utilisation valeur version vie ville voie voix volonté vue siècles exercice chapitres",
    "ancien ancienne bon bonne clair courant différent différents difficile dit divers entier essentiel facile grande",
    "grandes grands haut humain jeune long longue mauvais meilleur moderne nécessaire nombreux nombreuses normal",
    "nouveaux nouvelles particulier petite petites petits possible principal principale propre public récent seul",
    "seule simple spécial suivant suivante supérieur utile véritable vieux vrai",
    "appelé appelée connu connue donné donnée utilisé utilisée permet permettent suivants présent présente",
)
PERSON_WORDS = words(
    "philosophe écrivain auteur poète roi reine empereur président homme femme politique politicien savant physicien",
    "chimiste mathématicien historien économiste sociologue psychologue compositeur musicien chanteur peintre artiste",
    "acteur actrice réalisateur architecte ingénieur inventeur explorateur général amiral soldat officier chef",
    "fondateur élève étudiant professeur enseignant chercheur journaliste militant avocat juge prêtre évêque pape",
    "saint moine fils fille frère sœur père mère épouse mari enfant ami membre développeur programmeur médecin",
)
NOT_NAMES = words(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi",
    "vendredi samedi dimanche article chapitre section figure tableau partie annexe page volume dieu internet",
    "monsieur madame mme mlle dr pr les le la un une des",
)
DANGLING = re.compile(
    r"[«“\"'(\[\s]*(?:(?:[A-ZÉ]\w+ment|Cependant|Toutefois|Pourtant|Néanmoins|Ainsi|Donc|Alors|Et|Mais|Or|Car|Puis|"
    r"Ensuite|Enfin|De plus|En outre|Par exemple|En effet|De même|Au contraire|Par conséquent|En fait|Dès lors),? "
    r")?(?:ce|cet|cette|ces|cela|ceci|ça|c[’']|celui|celle|ceux|celles|il|ils|elle|elles|on|lui|leur|leurs|son|sa|"
    r"ses|l[’']un\b|l[’']une\b|l[’']autre|les autres|les (?:deux|trois|premiers|premières|seconds|derniers|"
    r"dernières)|le (?:premier|second|dernier|même|résultat|suivant)|la (?:première|seconde|dernière|même|suivante|"
    r"différence|raison)|de là|d[’']où|là|ici|voici|voilà|tel|telle|tels|telles|(?:dans|à|de|par|pour|avec|après|"
    r"avant|sur|sous|en|d[’']après) (?:ce|cet|cette|ces|cela|ceux|celle|celui|lui|elle|eux|tel|telle)|y|en voici|"
    r"certains|certaines|d[’']autres|plusieurs d[’']entre|comme (?:nous|vous|on|indiqué|mentionné)|j[’']|je|nous|"
    r"vous|notre|votre|nos|vos|mon|ma|mes|quel|quelle|quels|quelles|qui|que|qu[’']|comment|pourquoi|quand|notez|"
    r"voir|voyez|imaginez|supposons|considérons|prenons|si vous|si l[’']on|pour cela|pour ce faire)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"[^,]{2,80}, (?:il|elle|ils|elles|ce|cet|cette|ces|celui-ci|celle-ci|ceux-ci|son|sa|ses|leur|leurs|c’)\b|"
    r"(?:En|Le|Dès|Vers|Après)\b[^,]{0,30}\d{4} (?:il|elle|ils|elles|ce|cette|son|sa)\b"
)
CONNECTIVE = re.compile(
    r"(?:Cependant|Toutefois|Pourtant|Néanmoins|Ainsi|Donc|Alors|Puis|Ensuite|Enfin|De plus|En outre|En effet|De "
    r"même|Au contraire|Par conséquent|En fait|Dès lors|En revanche|Par ailleurs|Aujourd[’']hui|En général|"
    r"D[’']abord|Tout d[’']abord|Autrement dit|En d[’']autres termes|Par exemple|En résumé|En conclusion|Finalement|"
    r"Généralement|Concrètement|Bref),\s+|(?:Et|Mais|Or|Car)\s+"
)
CITATION = re.compile(
    r"\b(?:consulté|récupéré|archivé|mis à jour|dernière (?:modification|mise)|publié (?:le|par|dans|en ligne|sur|"
    r"chez)|posté|tous droits réservés|isbn|issn|doi|et al|ibid|op\. cit|pp?\. ?\d|vol\. ?\d|n[°o]\. ?\d|éditions?|"
    r"éd\.|traduit par|trad\.|presses universitaires|photo(?:graphie)?(?: de| :|:)|crédit|source ?:|voir aussi|"
    r"réédition|sous licence|creative commons|communiqué de presse|lire (?:aussi|la suite)|abonnez)\b|©|https?://|"
    r"www\.|\bcopyright\b",
    re.IGNORECASE,
)

FRENCH = Language(
    code="fr",
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
