FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONTZPATH=""
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY requirements/production.txt /tmp/requirements.txt
RUN pip install --require-hashes --requirement /tmp/requirements.txt

WORKDIR /app
COPY . .
# Hashed and compressed copies of the static files, and the translations in the form that programs read.
RUN for catalog in config/locale/*/LC_MESSAGES/*.po; do \
        pybabel compile --input-file "$catalog" --output-file "${catalog%.po}.mo"; \
    done \
    && PRODUCTION=true python manage.py collectstatic --no-input \
    && python -m compileall -q /app


FROM python:3.13-slim

ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONTZPATH="" PRODUCTION=true
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin dayband
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
RUN install --directory --owner=dayband /app/var/media
USER dayband
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "-c", "import os, urllib.request as r; host = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=5)"]
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--access-logfile=-", "--logger-class=config.server_log.ServerLog"]
