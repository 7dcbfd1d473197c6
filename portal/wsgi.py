"""The WSGI application that gunicorn serves: `gunicorn portal.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from portal.memory import return_memory_early

return_memory_early()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
