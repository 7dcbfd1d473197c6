#!/usr/bin/env python
"""Runs Django's commands. Without a SECRET_KEY or SECRET_KEY_FILE in the environment this is development."""

import os
import sys

from django.core.management import execute_from_command_line

from portal.environment import WrongSetting


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & os.environ.keys():
        os.environ.setdefault("DEVELOPMENT", "true")
    if "quickstart" in sys.argv[1:2]:
        # It serves people who try the portal: they see our error pages, not Django's debug pages.
        os.environ.setdefault("DEBUG", "false")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
