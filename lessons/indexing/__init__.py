"""The search index: what is written and found, on SQLite's FTS5 and PostgreSQL's GIN. It knows no other model.

    terms       pure: the words of a text, folded; their stems
    tokens      pure: the tokens of a row's scope, which say where it belongs and who may read it
    queries     pure: what is asked, and of which rows
    entries     pure: what is written, and the row that the index stores of it
    indexes     TEXTS and POSTS: write, remove, search, count
    ranking     pure: how well a row answers a query
    vocabulary  the words that a reader may find: completions, corrections, how rare each is
    models      TextEntry: which passage a row of TEXTS is
    sqlite, postgresql   the statements of each database
    folded      the lookup `folded`: search by a part of a name or a text that is not in the index
    folded_pattern   pure: its regular expression on PostgreSQL
    jobs        merges what deletions leave behind, and counts the vocabulary again

The services that write a text write its rows in the same transaction: there are no triggers and no signals. A row has
the tokens of everybody who may read it, and a reader's query the tokens that they hold, so that hits, counts and order
are those of what they may read.
"""
