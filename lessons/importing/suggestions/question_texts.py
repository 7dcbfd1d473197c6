"""The questions of discussion prompts in each language, by the function of the quoted sentence.

`quote` is a whole sentence; `first` and `second` are its two sides; `term` a term with its definition in `quote`.
Suggestions are in the language of the article, whatever the site's is: these texts are not translated by gettext.
"""

CLAIM, CONTRAST, REASON, CONSEQUENCE, OBLIGATION, LIMIT, CASE, TERM = (
    "claim contrast reason consequence obligation limit case term".split()
)

QUESTIONS: dict[str, dict[str, list[str]]] = {
    "en": {
        CLAIM: [
            "“{quote}” What evidence in “{heading}” supports this claim, and what would count against it?",
            "Somebody disagrees with this sentence: “{quote}” What would be their best argument?",
            "“{quote}” Do you know of a case where this does not hold? What does that mean for the claim?",
        ],
        CONTRAST: [
            "The text contrasts two sides: “{quote}” What explains the difference, and which side do you find "
            "stronger?",
            "“{quote}” What do the two sides of this contrast have in common nevertheless?",
            "“{quote}” Who would gain, and who would lose, if the first side of this contrast became like the second?",
        ],
        REASON: [
            "The text gives a reason: “{quote}” Is it the only one? What else could explain it?",
            "“{quote}” Would the main point of this sentence still hold if the reason it gives were wrong?",
        ],
        CONSEQUENCE: [
            "“{quote}” How could you tell whether this really is a consequence of the cause named?",
            "“{quote}” Could this consequence have been foreseen? Who could have prevented or reinforced it, and how?",
        ],
        OBLIGATION: [
            "“{quote}” Who requires this, and what would happen if nobody complied?",
            "“{quote}” When would you make an exception, and how would you justify it?",
        ],
        LIMIT: [
            "“{quote}” What would have to change for this difficulty to disappear?",
            "“{quote}” Who is affected most by this difficulty, and what could be done for them?",
        ],
        CASE: [
            "About “{heading}” the text says: “{quote}” For whom was this a success, and by what measure?",
            "“{quote}” What would you have done differently in the case “{heading}”, and why?",
        ],
        TERM: [
            "“{quote}” Describe one clear example of “{term}” and one borderline case.",
        ],
    },
    "fr": {
        CLAIM: [
            "« {quote} » Quels éléments de « {heading} » appuient cette affirmation, et lesquels pourraient la "
            "contredire ?",
            "Quelqu’un conteste cette phrase : « {quote} » Quel serait son meilleur argument ?",
            "« {quote} » Connaissez-vous un cas où cela n’est pas vrai ? Que faut-il en conclure ?",
        ],
        CONTRAST: [
            "Le texte oppose deux choses : « {quote} » Qu’est-ce qui explique cette différence, et quel côté vous "
            "convainc le plus ?",
            "« {quote} » Qu’ont malgré tout en commun les deux côtés de cette opposition ?",
        ],
        REASON: [
            "Le texte donne une raison : « {quote} » Est-ce la seule ? Quelle autre raison pourrait expliquer la "
            "même chose ?",
            "« {quote} » Le début de cette phrase serait-il encore vrai si la raison indiquée ne l’était pas ?",
        ],
        CONSEQUENCE: [
            "« {quote} » Comment vérifier que cette conséquence vient bien de la cause indiquée ?",
            "« {quote} » Cette conséquence était-elle prévisible ? Qui aurait pu l’empêcher ou la renforcer, et "
            "comment ?",
        ],
        OBLIGATION: [
            "« {quote} » Qui l’exige, et que se passerait-il si personne ne s’y tenait ?",
            "« {quote} » Dans quel cas feriez-vous une exception, et comment la justifieriez-vous ?",
        ],
        LIMIT: [
            "« {quote} » Que faudrait-il changer pour que cette difficulté disparaisse ?",
            "« {quote} » Qui souffre le plus de cette difficulté, et que pourrait-on faire pour ces personnes ?",
        ],
        CASE: [
            "À propos de « {heading} », le texte dit : « {quote} » Pour qui est-ce un succès, et selon quel critère ?",
            "« {quote} » Qu’auriez-vous fait autrement dans le cas « {heading} », et pourquoi ?",
        ],
        TERM: [
            "« {quote} » Décrivez un cas qui relève clairement de « {term} » et un autre qui se trouve à la limite.",
        ],
    },
    "de": {
        CLAIM: [
            "„{quote}“ Was in „{heading}“ stützt diese Behauptung, und was würde gegen sie sprechen?",
            "Jemand widerspricht diesem Satz: „{quote}“ Was wäre das beste Argument dafür?",
            "„{quote}“ Kennen Sie einen Fall, in dem das nicht gilt? Was folgt daraus für die Behauptung?",
        ],
        CONTRAST: [
            "Der Text stellt zwei Seiten gegenüber: „{quote}“ Was erklärt den Unterschied, und welche Seite "
            "überzeugt Sie mehr?",
            "„{quote}“ Was haben die beiden Seiten dieses Gegensatzes trotzdem gemeinsam?",
        ],
        REASON: [
            "Der Text nennt einen Grund: „{quote}“ Ist es der einzige? Welcher andere könnte dasselbe erklären?",
            "„{quote}“ Wäre die erste Hälfte dieses Satzes noch wahr, wenn der genannte Grund nicht zuträfe?",
        ],
        CONSEQUENCE: [
            "„{quote}“ Wie ließe sich prüfen, ob diese Folge wirklich von der genannten Ursache kommt?",
            "„{quote}“ War diese Folge zu erwarten? Wer hätte sie verhindern oder verstärken können, und wie?",
        ],
        OBLIGATION: [
            "„{quote}“ Wer verlangt das, und was geschähe, wenn sich niemand daran hielte?",
            "„{quote}“ Wann würden Sie eine Ausnahme machen, und wie würden Sie sie begründen?",
        ],
        LIMIT: [
            "„{quote}“ Was müsste sich ändern, damit diese Schwierigkeit verschwindet?",
            "„{quote}“ Wen trifft diese Schwierigkeit am meisten, und was ließe sich für diese Menschen tun?",
        ],
        CASE: [
            "Über „{heading}“ sagt der Text: „{quote}“ Für wen war das ein Erfolg, und nach welchem Maßstab?",
            "„{quote}“ Was hätten Sie im Fall „{heading}“ anders gemacht, und warum?",
        ],
        TERM: [
            "„{quote}“ Beschreiben Sie einen Fall, der eindeutig unter „{term}“ fällt, und einen Grenzfall.",
        ],
    },
}
