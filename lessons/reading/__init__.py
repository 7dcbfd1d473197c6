"""The course website: library, course, module, lesson; and what a reader has opened and done."""
