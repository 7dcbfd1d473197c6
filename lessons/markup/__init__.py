"""Pure: make what people write and attach safe to show.

sanitise, characters                        the HTML and the characters that a text may have
plain_text, blocks, text_diff               HTML as plain text, its blocks, differences between two texts
lesson_markdown, post_markdown, mentions    Markdown as HTML, with markdown_structures, markdown_callouts,
                                            markdown_attributes, markdown_formulas and
                                            markdown_directions
formulas, formula_spans                     TeX or MathML as formulas, and where these are in a text;
                                            with mathml, mathml_to_tex, tex_delimiters, tex_dialects, chemistry
highlighting                                syntax highlighting of code when it is shown
decoding                                    bytes as text, with encoding_guess, languages and mojibake
scripts, folding                            differences between scripts; comparing texts without case and accents
roman_numerals                              numbers read and written in Roman numerals
row_templates, atom                         long lists, and feeds
yaml_text                                   values as YAML that people can read and write
"""
