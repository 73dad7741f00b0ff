# The bot as an image: `docker build -t interview-bot .`, then see compose.yaml or the README.
# tests/deployment runs these very lines; what it can't run (a line of another kind) fails there.

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv
RUN /venv/bin/python -m pip install --no-cache-dir --use-pep517 --require-hashes -r requirements.txt

FROM python:3.13-slim
# A platform's own PORT, or BOT_PORT, wins over this one.
ENV PATH=/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    BOT_DATA_DIR=/data \
    PORT=8080
WORKDIR /app
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin bot
RUN install -d -o bot -g bot -m 0700 /data
COPY --from=build /venv /venv
COPY LICENSE THIRD_PARTY_NOTICES.md ./
COPY deploy/healthcheck.py deploy/
COPY config config
COPY knowledge knowledge
COPY bot bot
RUN python -m compileall -q bot
USER bot
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "bot", "run"]
