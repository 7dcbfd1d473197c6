"""How people use the pages of a week: by mouse, by keyboard alone, by touch on a phone."""

from tests.browser.annotations.input_methods import ByKeys, ByMouse, ByTouch


class Mouse(ByMouse):
    def open(self, summary):
        summary.click()


class Keys(ByKeys):
    most = 400

    def open(self, summary):
        self.tab_to(summary)
        self.page.keyboard.press("Enter")


class Touch(ByTouch):
    def open(self, summary):
        self.tap(summary)
