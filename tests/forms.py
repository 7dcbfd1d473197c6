"""Reading the forms of a page in tests."""

import re


def form_key_on(response) -> str:
    """Return the key of the form that creates something on the page."""
    return re.search(r'name="form_key" value="([^"]+)"', response.content.decode())[1]
