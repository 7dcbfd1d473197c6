"""The glossary and the timeline of a module as tables: edited row by row on one page, and as CSV.

columns     what the tables have in common, and what each consists of
forms       one row, validated
rows        a submitted table: which rows were changed, what is wrong with them, who else has changed them
services    saves the rows
csv_files   CSV: written, and read into a plan of what it would change
views       the pages
"""
