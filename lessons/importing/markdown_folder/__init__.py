"""A course or a module kept as a folder of Markdown and YAML files: `contents` reads it, `loading` writes it.

The format stands in `samples/README.md`.
"""
