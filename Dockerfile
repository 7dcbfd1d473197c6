# The site in one image: the server by default; the scheduler and every command of manage.py by another command.
# It runs as a user without rights, on a read-only file system, and keeps everything in the volume /data.
ARG PYTHON=python:3.11-slim-trixie

FROM ${PYTHON} AS build
WORKDIR /app
COPY requirements-server.lock ./
RUN python -m venv /venv && /venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-server.lock
COPY . .
RUN /venv/bin/python -m compileall -q lessons portal \
    && DATA_DIR=/tmp/data STATIC_DIR=/static SECRET_KEY=only-for-this-step \
        /venv/bin/python manage.py collectstatic --noinput --ignore '*.map' \
    && chmod -R a+rX /app /static

FROM ${PYTHON}
# `manage.py backup` needs pg_dump where the database is PostgreSQL.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin commonplace \
    && install -d -m 0700 -o 10001 -g 10001 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build /static /static
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    STATIC_DIR=/static \
    SECRET_KEY_FILE=/data/secret-key \
    WEB_CONCURRENCY=3
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-m", "portal.health_check"]
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
