"""A course or a module kept as Markdown, YAML and images, in a folder or a zip file.

    names         how files are called, and the slugs by which a lesson is found again
    export        courses and modules as files
    store         files into a folder or a zip file
    files         files of a folder or a zip file, for reading
    values        front matter and YAML, checked
    parse         files into plain objects, without the database
    dates         days and times in files
    participation  participation rules, out and in
    images      the images of files, checked and encoded
    links         links between files, and the addresses of lessons
    load          plain objects into rows; `rows` saves them, `items` those of the glossary and the like, `changes` is
                  what was created and changed
    services      the steps of an import: read, prepare, load; or only say what loading would do

The format is described in `samples/README.md`.
"""
