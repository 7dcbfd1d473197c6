"""How people use the pages of a week: by mouse, by keyboard alone, by touch on a phone."""

from tests.browser.annotations.input_methods import ByKeys, ByMouse, ByTouch


class Mouse(ByMouse):
    def open(self, summary):
        summary.click()

    def tick(self, box):
        box.click()

    def pick(self, field, option):
        field.select_option(option)


class Keys(ByKeys):
    most = 400

    def open(self, summary):
        self.tab_to(summary)
        self.page.keyboard.press("Enter")

    def tick(self, box):
        self.tab_to(box)
        self.page.keyboard.press("Space")

    def pick(self, field, option):
        self.tab_to(field)
        self.page.keyboard.type(option)


class Touch(ByTouch):
    def open(self, summary):
        self.tap(summary)

    def tick(self, box):
        """Tap its label: the box itself may be smaller than a finger."""
        self.tap(box.evaluate_handle("box => box.labels[0]").as_element())

    def pick(self, field, option):
        """Choose from the list that the phone shows, which is not part of the page."""
        self.tap(field)
        field.select_option(option)
