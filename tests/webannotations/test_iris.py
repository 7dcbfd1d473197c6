"""Ids in the addresses of this site are written in ASCII digits: another spelling names nothing."""

import pytest

from lessons.webannotations.iris import local_annotation, parse_lesson_iri, parse_revision_iri

ROOT = "https://tides.example"


@pytest.mark.parametrize("digit", ["1", "١", "१", "１", "²"])
def test_an_id_is_written_in_ascii_digits(digit):
    reply = local_annotation(ROOT, f"{ROOT}/lessons/{digit}/annotations/{digit}/")
    lesson = parse_lesson_iri(ROOT, f"{ROOT}/lessons/{digit}/why/")
    revision = parse_revision_iri(ROOT, f"{ROOT}/lessons/{digit}/revisions/{digit}/#text")
    found = (reply.post if reply else None, lesson, revision)
    assert found == ((1, 1, (1, 1)) if digit == "1" else (None, None, None))
