"""What is special about web pages: finding the main text, boilerplate, footnotes, links, images and titles."""
