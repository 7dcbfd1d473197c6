"""Turn articles, and folders of Markdown, into modules.

An article goes through these; none of those up to review/ uses the database:

    document.py            its parts: blocks with their HTML, omissions, pictures, sections
    readers/               one reader per format: from bytes or text to a ParsedArticle
    text_formulas.py       TeX in the text of blocks
    outline/               headings found and nested, a kind proposed for each section
    suggestions/           glossary, timeline, tags, discussion prompts, facts of case studies
    proof.py               whether the outline has every word of the source
    analysis.py            outline, suggestions and proof together, and what the command `outline` prints
    review/                the instructor's decisions: one JSON document and the functions that change it
    pictures.py            pictures: re-encoded, stored as images of the course, deleted with the import
    services.py            saving an import; the module made of its review, built by builders.py
    reimport/              the same article again: its module is updated

Around them: models.py; uploads.py, the files that were sent; background_reading.py and jobs.py, which read long
articles outside of requests; limited_process.py, the process in which a hostile file can do no harm, and pdf_check.py,
which looks at a PDF in one; review_steps.py, saving a review, undo and redo; personal_data.py, export and erasure;
markdown_folder/, a course or module as a folder of Markdown files; stemming.py.
"""
