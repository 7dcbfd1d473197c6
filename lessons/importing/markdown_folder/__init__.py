"""Load a course or a module from a folder of Markdown and YAML files: `parse` reads the files, `load` saves the rows.

The format is described in `samples/README.md`.
"""
