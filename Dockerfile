# syntax=docker/dockerfile:1
# Two stages: the first builds, the second holds only what runs.

FROM python:3.13.9-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/notifier
COPY pyproject.toml requirements.lock README.md ./
COPY notifier notifier
RUN /opt/notifier/bin/pip install --quiet -c requirements.lock . \
    && /opt/notifier/bin/pip uninstall --quiet --yes pip \
    && /opt/notifier/bin/notifier --version

FROM python:3.13.9-slim-trixie
LABEL org.opencontainers.image.title="notifier"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin notifier \
    && install -d -o notifier -g notifier -m 0700 /data
COPY --from=build /opt/notifier /opt/notifier
# Byte code was written by the build; a read-only root would only be asked for it in vain.
ENV PATH=/opt/notifier/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
# rules.yaml, .env and the database live here; everything else may be read-only.
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["notifier", "health"]
ENTRYPOINT ["notifier"]
CMD ["run", "--log-format", "json"]
