"""Turn articles, and folders of Markdown, into modules.

An article passes through these steps; those up to review/ do not use the database:

    document.py            data classes: blocks with their HTML, omissions, images, sections
    readers/               one reader per format: from bytes or text to a ParsedArticle
    text_formulas.py       formulas written as TeX in the text of blocks
    outline/               finds and nests headings, proposes a kind for each section
    suggestions/           glossary, timeline, tags, discussion prompts, facts of case studies
    proof.py               finds words of the source that the outline lacks
    analysis.py            outline, suggestions and proof together, and the output of the command `outline`
    review/                the instructor's decisions: one JSON document and the functions that change it
    images.py              re-encodes images, stores them in the course, deletes them with the import
    services.py            saving an import; creating the module from its review, with builders.py; article_checks.py
                           turns code of the language “check” into checks
    reimport/              importing the same article again, which updates its module

Others: models.py; uploads.py, the uploaded files; background_reading.py and jobs.py, which read long articles outside
of requests; limited_process.py, a child process for files that may be hostile, and pdf_check.py, which checks a PDF in
one; review_steps.py, saving a review, undo and redo; personal_data.py, export and erasure; markdown_folder/,
courses and modules as files, exported and imported; stemming.py.
"""
