"""The ASGI application, for servers that need one."""

import os
import sys

from django.core.asgi import get_asgi_application

from portal.environment import WrongSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
try:
    application = get_asgi_application()
except WrongSetting as error:
    sys.exit(str(error))
