"""What the editor costs those who write, and that it costs nothing to those who read."""

from pathlib import Path

import brotli
import django_prose_editor

ROOT = Path(__file__).parent.parent.parent.parent
PACKAGE = Path(django_prose_editor.__file__).parent / "static" / "django_prose_editor"
MAX_BYTES = 300_000


def test_all_scripts_of_the_editor_are_light():
    own = [file for folder in ("authoring", "unsent") for file in (ROOT / "static" / "js" / folder).rglob("*.js")]
    files = [*own, PACKAGE / "editor.js", PACKAGE / "configurable.js"]
    sizes = [len(brotli.compress(file.read_bytes(), quality=5)) for file in files]
    assert sum(sizes) < MAX_BYTES


def test_readers_load_nothing_of_it(sign_in, lesson, learner):
    page = sign_in(learner).get(lesson.get_absolute_url()).content.decode()
    assert 'src="/static/js/reading/' in page
    assert "js/authoring" not in page
    assert "prose_editor" not in page
