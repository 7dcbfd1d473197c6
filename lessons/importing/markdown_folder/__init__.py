"""A course or a module kept as a folder of Markdown and YAML files: `parse` reads the files, `load` writes the rows.

The format is described in `samples/README.md`.
"""
