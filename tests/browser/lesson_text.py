"""The text of a lesson as a browser has it."""

# Checks stand in the text, and are not part of it.
LESSON_TEXT = """(() => {
  const text = document.querySelector("[data-revision]").cloneNode(true);
  for (const check of text.querySelectorAll(".knowledge-check[data-check]")) check.remove();
  return text.textContent;
})()"""
