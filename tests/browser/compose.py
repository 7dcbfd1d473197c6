"""Send what is written in a composer."""


def send_to(scope, audience):
    """Press the button that begins with `audience`, after choosing it in the menu if another is shown."""
    button = scope.get_by_role("button", name=audience)
    if not button.count():
        scope.get_by_label("Choose who can read it").click()
        scope.get_by_role("radio", name=audience).check()
    button.click()
