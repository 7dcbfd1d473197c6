"""What axe finds on a page: nothing, or the test fails."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()


def violations(page, **options):
    """The rules that are broken, each with the first element that breaks it; what is kept costs more to tell."""
    found = AXE.run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
