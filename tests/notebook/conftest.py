"""A learner's notebook, and its exports."""

import pytest


@pytest.fixture
def notebook(sign_in, learner):
    return lambda query="": sign_in(learner).get(f"/notebook/{query}").content.decode()


@pytest.fixture
def export(sign_in, learner):
    def exported(format, query=""):
        return b"".join(sign_in(learner).get(f"/notebook/export/{format}/{query}").streaming_content)

    return exported
