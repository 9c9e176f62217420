# The bot in an image: what the lock names, nothing else, and no right to write but in /data.
FROM python:3.12.12-slim-bookworm AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# What strips debugging symbols, and the face of Chinese, Japanese and Korean on cards.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils=2.40-2 fonts-noto-cjk=1:20220127+repack1-1 \
    && rm -rf /var/lib/apt/lists/*
# Without pip of its own: nothing is ever installed into it again.
RUN python -m venv --without-pip /venv
COPY requirements.lock ./
RUN pip --python /venv/bin/python install --require-hashes -r requirements.lock
# Without what builds it, and without the client for model hubs that tokenizers brings and nothing imports.
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY adapters adapters
COPY knowledge knowledge
RUN pip --python /venv/bin/python install --no-deps --no-build-isolation . \
    && pip --python /venv/bin/python uninstall --yes \
        hatchling editables pathspec pluggy tomlkit trove-classifiers \
        huggingface-hub hf-xet httpx2 httpcore2 h11 anyio truststore filelock fsspec tqdm
# The health check as byte code: it runs every half a minute, and nothing may be written later.
COPY deploy/slim.py deploy/healthcheck.py ./
RUN python slim.py /venv/lib/python3.12/site-packages \
    && python -c "from py_compile import compile; compile('healthcheck.py', cfile='/venv/healthcheck.pyc', doraise=True)"

FROM python:3.12.12-slim-bookworm
RUN groupadd --gid 10001 bot \
    && useradd --no-log-init --uid 10001 --gid bot --no-create-home --home-dir /data --shell /usr/sbin/nologin bot \
    && install --directory --owner=bot --group=bot --mode=0700 /data
COPY --from=build /usr/share/doc/fonts-noto-cjk/copyright /usr/share/doc/fonts-noto-cjk/copyright
COPY --from=build /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc /usr/share/fonts/opentype/noto/
COPY --from=build /venv /venv
# The image of Python comes without byte code, so each start would compile what it imports.
RUN /venv/bin/python -c "import bot.__main__"
USER 10001:10001
# What is set at run time goes before these. The port is for the health check and for Prometheus; nothing publishes it.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/data/.cache \
    DATABASE_URL=sqlite:////data/ijm-answers.sqlite3 \
    IJM_HTTP_PORT=9090 \
    IJM_HTTP_HOST=0.0.0.0
VOLUME /data
EXPOSE 9090
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-I", "-S", "/venv/healthcheck.pyc"]
ENTRYPOINT ["ijm-bot"]
CMD ["run"]
