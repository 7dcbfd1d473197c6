"""The WSGI application that gunicorn serves: `gunicorn portal.wsgi`."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from portal.environment import WrongSetting
from portal.memory import return_memory_early

return_memory_early()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
try:
    application = get_wsgi_application()
except WrongSetting as error:
    sys.exit(str(error))
