"""Terms worth a place in the glossary, and how English says what a word means."""
