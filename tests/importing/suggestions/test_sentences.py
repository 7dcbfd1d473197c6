"""Where a sentence ends, in three languages."""

import pytest

from lessons.importing.suggestions.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. A. Nobody came at 5 p.m. to St. Ives.", "“Did he?” she said.", "He did… ", "Then it rained."],
        ["It fell in the 5th c. B.C. and later.", "See fig. 3 and pp. 4 ff. of vol. 2 there.", "It cost 3.5 million."],
        ["Am 4. April 1949 kamen sie.", "Im 19. Jh. gab es z. B. Segler, d. h. Schiffe.", "Das war Nr. 3."],
        ["Caesar starb 44 v. Chr. in Rom.", "Er war der 2. Sohn."],
        [
            "M. Untel vint vers 1200 av. J.-C. et partit.",
            "« Vraiment ? » dit-elle.",
            "Oui !",
            "Cf. p. 3 et suivantes.",
        ],
        ["Il a dit : « Non. »", "Puis il partit."],
    ],
)
def test_text_is_split_at_the_ends_of_sentences(sentences):
    sentences = [sentence.strip() for sentence in sentences]
    assert split_sentences(" ".join(sentences)) == sentences


def test_nothing_is_lost():
    text = "c. 1 " * 50 + "Then. A? (B!) «C.» d"
    assert "".join(split_sentences(text)).replace(" ", "") == text.replace(" ", "")
