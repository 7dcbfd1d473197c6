#!/usr/bin/env python
"""Runs Django's commands. Without a SECRET_KEY or SECRET_KEY_FILE in the environment this is development."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

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
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        said = " ".join(str(error).split())
        sys.exit(
            f"The database refuses: {said}. `manage.py doctor` says what is wrong, --traceback where it happened."
        )
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped before the end.\n")
        sys.exit(130)  # as a shell says that a signal ended it


if __name__ == "__main__":
    main()
