# One image for every process of ours: the API with the app, the worker, the router, and the migration.

FROM node:22-bookworm-slim AS web
WORKDIR /src/frontend
ENV NEXT_TELEMETRY_DISABLED=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --create-home sojourn && install -d -o sojourn -g sojourn /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY pyproject.toml README.md LICENSE ./
COPY journeys journeys
COPY activities activities
COPY workflows workflows
COPY api api
COPY worker worker
COPY examples examples
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .
COPY --from=web /src/frontend/out frontend/out
COPY --from=web /src/frontend/csp.json frontend/csp.json
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 SOJOURN_HOME=/data SOJOURN_HOST=0.0.0.0
USER sojourn
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "api.main:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"]
