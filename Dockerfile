# The bot in an image: what the lock names, nothing else, and no right to write but in /data.
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY adapters adapters
COPY knowledge knowledge
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && /venv/bin/pip uninstall --yes hatchling editables

FROM python:3.12-slim
RUN useradd --system --no-create-home bot && install --directory --owner=bot /data
COPY --from=build /venv /venv
USER bot
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATABASE_URL=sqlite:////data/ijm-answers.sqlite3
VOLUME /data
ENTRYPOINT ["ijm-bot"]
CMD ["run"]
