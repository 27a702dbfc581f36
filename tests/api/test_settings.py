"""What settings change in the answers."""

from app.store.engine import engine_for
from tests.servers import Databases, Server, trials


def test_public_url(databases: Databases) -> None:
    with Server(databases.new(), TRIALS_PUBLIC_URL="https://trials.example/registry/") as client:
        bundle = client.get("/fhir/r5/ResearchStudy?_count=1").json()
        assert {link["url"].split("/fhir/")[0] for link in bundle["link"]} == {"https://trials.example/registry"}
        assert bundle["entry"][0]["fullUrl"].startswith("https://trials.example/registry/fhir/r5/ResearchStudy/NCT")
        listing = client.get("/api/v1/trials?limit=1").json()
        assert listing["next"].startswith("https://trials.example/registry/api/v1/trials?limit=1&cursor=")


def test_page_size_and_workers(databases: Databases) -> None:
    with Server(databases.new(), TRIALS_PAGE_SIZE="1", TRIALS_WORKERS="2") as client:
        assert len(client.get("/api/v1/trials").json()["items"]) == 1
        following = client.get("/api/v1/trials").json()["next"]
        for _ in range(8):  # whichever worker answers, the cursor of the other is good
            assert client.get(following).status_code == 200


def test_wrong_database_urls_are_named() -> None:
    for url in ("mysql://x/y", "sqlite://", "nonsense"):
        result = trials(url, "migrate")
        assert result.returncode == 1
        assert "TRIALS_DATABASE_URL" in result.stderr and "Traceback" not in result.stderr, result.stderr
    result = trials("sqlite:////nowhere/at/all.db", "migrate")
    assert result.returncode == 1 and "nowhere" in result.stderr and "Traceback" not in result.stderr


def test_failures_say_nothing_internal(databases: Databases) -> None:
    """A table that is gone makes 500 in the API's own error shape, without SQL or a stack trace."""
    url = databases.new()
    with Server(url) as client:
        engine = engine_for(url)
        with engine.begin() as connection:
            for table in ("resource", "outcome"):
                connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_gone")
        engine.dispose()
        for path, kind in (("/fhir/r5/Location", "fhir+json"), ("/api/v1/outcomes", "problem+json")):
            answer = client.get(path)
            assert answer.status_code == 500 and kind in answer.headers["content-type"]
            for word in ("SELECT", "outcome", "Traceback", "sqlite", "asyncpg"):
                assert word not in answer.text.replace("OperationOutcome", ""), answer.text
        assert client.get("/healthz").status_code == 200
