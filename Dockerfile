FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md alembic.ini ./
COPY app app
COPY migrations migrations
COPY seeds seeds
RUN python3 -m venv /opt/trials && /opt/trials/bin/pip install --no-cache-dir -q -c requirements.lock .

FROM python:3.13-slim AS installed
COPY --from=build /opt/trials /opt/trials
RUN useradd --system --no-create-home trials && mkdir /data && chown trials /data
USER trials
WORKDIR /data
ENV TRIALS_HOST=0.0.0.0
EXPOSE 8000

# docker build --target pinned: for tests, with the same answers in every run; its database is made here
FROM installed AS pinned
ENV TRIALS_PINNED_FOLDER=/data
RUN ["/opt/trials/bin/trials", "serve", "--pinned", "--until-closed"]
ENTRYPOINT ["/opt/trials/bin/trials", "serve", "--pinned"]

FROM installed
VOLUME /data
ENV TRIALS_DATABASE_URL=sqlite:////data/trials.db
CMD ["/opt/trials/bin/trials", "serve"]
