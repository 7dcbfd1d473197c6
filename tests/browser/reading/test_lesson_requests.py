"""What a lesson's page requests from the server before its text is shown."""

from tests.browser.annotations.make import lesson_with_notes

# The document itself is not among the resources.
BEFORE_THE_LARGEST_PAINT = """() => new Promise((tell) => new PerformanceObserver((list) => {
  const { startTime } = list.getEntries().at(-1);
  const asked = performance.getEntriesByType("resource").filter((one) => one.startTime <= startTime);
  tell(asked.map((one) => one.name));
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


def test_a_member_reads_a_lesson_full_of_notes_after_eight_requests(page, sign_in_as, shell):
    made = lesson_with_notes(shell, "Cyber defence")
    sign_in_as(page, "learner-a")
    page.goto(made["url"])
    page.locator(".annotation-toggle").first.wait_for()
    asked = page.evaluate(BEFORE_THE_LARGEST_PAINT)
    assert 1 + len(asked) <= 8, asked
