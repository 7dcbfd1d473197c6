"""Handle the particulars of web pages: main text, boilerplate, footnotes, links, images and titles."""
