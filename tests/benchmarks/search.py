"""Measure the search index with 126,000 rows: its size, what building it, a post and each kind of query cost. By hand:

    export DATA_DIR=/tmp/scratch DEVELOPMENT=true
    python manage.py migrate
    python manage.py shell < tests/benchmarks/search.py

100,000 posts and 20,000 notes with a median of 30 words, and 6,000 passages of 70 words, in 20 courses of 10 groups
and 200 people. The words are made up, with the frequencies of English; a fiftieth of the rows is Chinese. Rows are
written by number, without the posts themselves. A second run uses the rows of the first.

F is the CPU time of `/health/live/` through the middleware, in this process. The CPU time of PostgreSQL's backend is
added, where it runs on this machine.
"""

import io
import os
import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from django.db import connection, transaction

from lessons.indexing import merging, tokens, vocabulary
from lessons.indexing.counting import count_vocabulary
from lessons.indexing.entries import Entry, row_of
from lessons.indexing.indexes import INDEXES, POSTS, TEXTS, GroupSearch, batches, bulk_writing, find_groups
from lessons.indexing.queries import Query, Scope, parts_of, phrase_part, prefix_part
from lessons.search.find import POST_TOKENS, RANKED, RANKED_TYPING, TEXT_TOKENS
from portal.wsgi import application

COURSES, GROUPS, PEOPLE, LESSONS = 20, 10, 200, 10
TALK, PASSAGES, TERMS = 120_000, 6_000, 22_000
ROUNDS = int(os.environ.get("ROUNDS", "40"))
DICE = random.Random(126)
SYLLABLES = [c + v + e for c in "bcdfglmnprst" for v in "aeiou" for e in ("", "n", "r", "st")]
ENDINGS = ["", "s", "ed", "ing", "ly", "er"]
HAN = ["".join(map(chr, (0x4E00 + 7 * (n % 800), 0x4E00 + 7 * (n * n % 797)))) for n in range(4000)]


def make_words():
    """Return TERMS different words, the commoner ones shorter, in families with English endings."""
    words = dict.fromkeys(["the"])
    while len(words) < TERMS:
        stem = "".join(DICE.choices(SYLLABLES, k=1 + (len(words) > 80) + DICE.randint(0, 1)))
        words.update(dict.fromkeys(stem + ending for ending in DICE.sample(ENDINGS, 2)))
    return list(words)[:TERMS]


WORDS = make_words()
WEIGHTS = list(accumulate(1 / (rank + 2) ** 1.07 for rank in range(TERMS)))
HAN_WEIGHTS = list(accumulate(1 / (rank + 20) for rank in range(len(HAN))))


def make_text(count):
    if DICE.random() < 0.02:
        return "".join(DICE.choices(HAN, cum_weights=HAN_WEIGHTS, k=count))
    return " ".join(DICE.choices(WORDS, cum_weights=WEIGHTS, k=count))


def post_entries():
    """Return the entries of posts and notes: 10 % of them for their authors, 5 % for staff, 45 % for groups."""
    began = datetime(2026, 1, 5, tzinfo=UTC)
    for pk in range(1, TALK + 1):
        course, group, lesson = DICE.randint(1, COURSES), DICE.randint(1, GROUPS), DICE.randint(1, LESSONS)
        author = course * 1000 + DICE.randint(1, PEOPLE)
        audience = DICE.choices(["me", "staff", "group", "course"], [10, 5, 45, 40])[0]
        place = f"g{course * 100 + group}" if audience == "group" else f"c{course}"
        scope = {f"xu{author}{place}", f"c{course}", f"m{course * 10 + lesson // 4}", f"l{course * 100 + lesson}"}
        if audience != "me":
            scope |= {"xa", f"xs{course}"}
        if audience in ("group", "course"):
            is_post_first = lesson % 5 == 0
            scope |= {f"xw{course * 100 + lesson}{place}"} if is_post_first else {f"x{place}"}
        scope |= {
            tokens.day(began + timedelta(minutes=2 * pk)),
            f"own{author}",
            f"by{author}",
            f"t{DICE.randint(1, 300)}",
        }
        scope |= {tokens.NOTE_POST if pk % 6 == 0 else tokens.TOPIC_POST}
        count = max(3, int(DICE.lognormvariate(3.4, 0.7)))
        title = make_text(6) if DICE.random() < 0.05 else ""
        yield Entry(pk, title, make_text(count), "en", frozenset(scope))


def text_entries():
    for pk in range(1, PASSAGES + 1):
        course, lesson = pk % COURSES + 1, DICE.randint(1, LESSONS)
        scope = {"xa", f"xc{course}", "kt", f"c{course}", f"l{course * 100 + lesson}", *(["xp"] if course < 4 else [])}
        yield Entry(pk, make_text(4), make_text(70), "en", frozenset(scope))


def member_scope():
    """Return the scopes of a learner of three courses, with their groups, who has earned the post-first lessons."""
    held = set()
    for course in DICE.sample(range(1, COURSES + 1), 3):
        held |= places_of(course * 1000 + DICE.randint(1, PEOPLE), course, [DICE.randint(1, GROUPS)])
    return scopes_of(held)


def scopes_of(held):
    """Return the scopes for texts and posts of somebody who holds the tokens."""
    texts = {token for token in held if token.startswith("xc")}
    return Scope(frozenset({"xp", *texts})), Scope(frozenset(held))


def staff_scope():
    """Return the scopes of an instructor of all courses."""
    courses = range(1, COURSES + 1)
    return scopes_of(
        {token for n in courses for token in (f"xs{n}", f"xu{1000 * n + 1}c{n}", f"xu{1000 * n + 1}s{n}")}
    )


def places_of(user, course, groups):
    places = [f"c{course}", *(f"g{course * 100 + group}" for group in groups)]
    earned = [f"w{course * 100 + lesson}" for lesson in range(5, LESSONS + 1, 5)]
    return {f"x{first}{of}{place}" for place in places for of in ["", *earned] for first in ("", f"u{user}")}


def build():
    for index, entries in ((TEXTS, text_entries), (POSTS, post_entries)):
        began, wall = time.process_time() + backend_seconds(), time.perf_counter()
        with bulk_writing():
            for batch in batches(entries()):
                with transaction.atomic():
                    index.write(batch)
        print(
            f"{index.table} built in {time.perf_counter() - wall:.1f} s, "
            f"{time.process_time() + backend_seconds() - began:.1f} s of CPU"
        )
    print(f"merged in {time_of(merging.merge):.1f} s of CPU", end=", ")
    print(f"words counted in {time_of(count_vocabulary):.1f} s, and again in {time_of(count_vocabulary):.1f} s")
    print(f"vocabulary: {vocabulary.size():,} words of {len(vocabulary.all_audiences()):,} audiences")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def time_of(function):
    return cost(function) / 1000


def scalar(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def print_sizes():
    for name in [*(index.table for index in INDEXES), vocabulary.TABLE]:
        if connection.vendor == "postgresql":
            table, indexes = (scalar(f"SELECT pg_{kind}_size('{name}')") for kind in ("table", "indexes"))
            print(f"{name}: {table / 1e6:.1f} MB and {indexes / 1e6:.1f} MB of indexes")
        else:
            size = scalar(f"SELECT sum(pgsize) FROM dbstat WHERE name GLOB '{name}*'")
            print(f"{name}: {size / 1e6:.1f} MB")


def backend_seconds():
    """Return the CPU time of the backend, to the nanosecond."""
    if connection.vendor == "sqlite":
        return 0.0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def cost(function):
    """Return the CPU milliseconds of a call."""
    began = time.process_time() + backend_seconds()
    function()
    return 1000 * (time.process_time() + backend_seconds() - began)


def own_cost(function):
    """Return the CPU milliseconds of a call in this process."""
    began = time.process_time()
    function()
    return 1000 * (time.process_time() - began)


def floor():
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/health/live/", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    b"".join(application(environ, lambda *args: None))


def word_in(rows):
    """Return a word that about so many of the posts have."""
    everybody = Scope(frozenset({"xa"}))
    for word in WORDS[:: max(1, 60 // (rows // 100 + 1))]:
        if POSTS.count(Query(tuple(parts_of(word))), everybody, up_to=TALK) <= rows:
            return word
    raise SystemExit(f"No word is in {rows} rows.")


def kinds():
    """Yield the name of each kind of query, and the function that makes it for a scope."""
    languages = ["en", "de"]
    rare, some, many, most = (word_in(rows) for rows in (10, 600, 6_000, 20_000))
    common = WORDS[20]

    def of(text, **options):
        return lambda scope: Query(tuple(parts_of(text, languages)), **options)

    def beginning(text, prefix):
        return lambda scope: Query(
            (*parts_of(text, languages), prefix_part(prefix, vocabulary.complete(prefix, scope.readable)))
        )

    yield "rare", of(rare)
    yield "in 600 rows", of(some)
    yield "in 6,000 rows", of(many)
    yield "in 20,000 rows", of(most)
    yield "the", of("the")
    yield "two words", of(f"{many} {most}")
    yield "four words", of(f"the {some} {many} {most}")
    yield "four common words", of(f"the {' '.join(WORDS[1:4])}")
    yield "phrase", lambda scope: Query((phrase_part(f"the {common}"),))
    yield "common phrase", lambda scope: Query((phrase_part(f"the {WORDS[1]}"),))
    yield "word, not another", lambda scope: Query(tuple(parts_of(many, languages)), tuple(parts_of("the")))
    yield "any of four words", of(f"the {some} {many} {most}", match_all=False)
    yield "any of eight words", of(" ".join([rare, some, many, most, *WORDS[30:34]]), match_all=False)
    yield "prefix", beginning("", common[:3])
    yield "word and prefix", beginning(many, common[:2])
    yield "two Chinese characters", of(HAN[40])


def asked_of(index, query, scope, ranked):
    """Return what the pages ask of one index, which group what they find by kind."""
    kinds = POST_TOKENS if index is POSTS else TEXT_TOKENS
    return GroupSearch(index, query, scope, [*kinds.values(), "own1001"], ranked[index])


def ask(index, query, scope, ranked):
    """Search one index."""
    find_groups([asked_of(index, query, scope, ranked)])


def ask_both(make_query, texts, posts, ranked):
    """Search both indexes, as the panel and the page do."""
    query = make_query(posts)
    find_groups([asked_of(POSTS, query, posts, ranked), asked_of(TEXTS, query, texts, ranked)])


def measure(readers):
    """Print what each kind of query costs. A beginning of a word is only ever asked for while somebody is typing."""
    floors = []
    print(f"{'CPU ms':24}  hits  count    posts   p95    texts   p95   panel     F     page   p95      F")
    for name, make_query in kinds():
        columns = {"posts": [], "texts": [], "panel": [], "page": []}
        ranked = RANKED_TYPING if "prefix" in name else RANKED
        for texts, posts in readers:
            query = make_query(posts)
            columns["posts"].append(cost(lambda: ask(POSTS, query, posts, ranked)))  # noqa: B023
            columns["texts"].append(cost(lambda: ask(TEXTS, query, texts, ranked)))  # noqa: B023
            columns["panel"].append(cost(lambda: ask_both(make_query, texts, posts, RANKED_TYPING)))  # noqa: B023
            columns["page"].append(cost(lambda: ask_both(make_query, texts, posts, ranked)))  # noqa: B023
            floors.append(own_cost(floor))
        hits, count = POSTS.search(query, posts, limit=30), POSTS.count(query, posts)
        (search, search95), (text, text95), (panel, _), (page, page95) = map(summary, columns.values())
        f = statistics.median(floors)
        print(
            f"{name:24} {len(hits):5} {count:6} {search:8.1f} {search95:5.1f} {text:8.1f} {text95:5.1f}"
            f" {panel:7.1f} {panel / f:5.1f} {page:8.1f} {page95:5.1f} {page / f:6.1f}"
        )
    print(f"F = {statistics.median(floors):.2f} ms")


def summary(values):
    return statistics.median(values), sorted(values)[int(0.95 * len(values))]


def measure_posts():
    """Print what writing a post's row costs, in a transaction that is rolled back."""
    entries = [
        Entry(TALK + n, "", make_text(30), "en", e.scope) for n, e in zip(range(300), post_entries(), strict=False)
    ]
    fresh, edited, rescoped, extracted = [], [], [], []
    with transaction.atomic():
        for entry in entries:
            extracted.append(cost(lambda: row_of(entry)))  # noqa: B023
            fresh.append(cost(lambda: POSTS.write([entry])))  # noqa: B023
            edited.append(cost(lambda: POSTS.write([entry])))  # noqa: B023
            rescoped.append(cost(lambda: POSTS.set_scopes({entry.pk: entry.scope})))  # noqa: B023
        transaction.set_rollback(True)
    for name, values in {"terms": extracted, "a post": fresh, "an edit": edited, "a scope": rescoped}.items():
        print(f"{name}: {summary(values)[0]:.2f} ms, p95 {summary(values)[1]:.2f}")


connection.ensure_connection()
if not POSTS.read_after(TALK - 1):
    build()
print_sizes()
measure_posts()
for name, make_scope in {"learners of 3 courses": member_scope, "instructors of 20 courses": staff_scope}.items():
    readers = [make_scope() for _ in range(ROUNDS)]
    print(f"\n{connection.vendor}, {name}, with {len(readers[0][1].readable)} tokens")
    measure(readers)
