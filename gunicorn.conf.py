"""What gunicorn reads when it is started in this folder, before the options of its command."""

import os
import shutil
import tempfile

logger_class = "portal.gunicorn_log.StructuredLogger"
# A socket in the home directory, by which gunicorn could be asked and changed: we need none.
control_socket_disable = True

# The workers add up their metrics in files of this folder.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
if os.environ.get("METRICS_TOKEN"):
    os.environ.setdefault(METRICS_FOLDER, tempfile.mkdtemp(prefix="commonplace-metrics-"))


def child_exit(server, worker):
    """Let the metrics of a worker that has ended no longer count as present."""
    if METRICS_FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server):
    if METRICS_FOLDER in os.environ:
        shutil.rmtree(os.environ[METRICS_FOLDER], ignore_errors=True)
