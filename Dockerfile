# The image that compose.yaml runs as web and as worker; the database is somebody else's, or embedded in /data.
#
# One lock serves all: requirements.lock constrains what pyproject.toml asks for at run time, so versions and hashes are
# those that were tested, and the tools of development stay out. A package without a hash there stops the build.

FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /app
COPY requirements.lock ./
RUN sed -n '/^uv==/,/^ *# via/p' requirements.lock >uv.txt \
 && python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement uv.txt \
 && uv pip install --system --no-cache --constraint requirements.lock hatchling
COPY pyproject.toml ./
RUN uv pip install --python /app/bin/python --no-cache --require-hashes --constraint requirements.lock \
    --requirement pyproject.toml
COPY README.md ./
COPY src ./src
RUN python -m hatchling build --target wheel \
 && uv pip install --python /app/bin/python --no-cache --no-deps dist/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin training \
 && install --directory --owner=training --group=training --mode=0700 /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
USER training
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["training"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
