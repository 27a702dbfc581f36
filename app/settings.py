"""Settings, from `TRIALS_*` environment variables; every one has a default that works."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TRIALS_", extra="ignore")

    database_url: str = Field(
        "sqlite:///trials.db",
        description="`sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`",
    )
    public_url: str = Field(
        "",
        description="the address that links in answers begin with, for a server behind a proxy; "
        "empty: the address that the request was sent to",
    )
    host: str = Field("127.0.0.1", description="the address that `serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="the port that `serve` listens on")
    workers: int = Field(1, ge=1, description="how many processes `serve` starts")
    cors_origins: str = Field(
        "*", description="origins of pages that may read answers in a browser, with commas between them; empty: none"
    )
    statement_timeout: float = Field(10.0, gt=0, description="seconds after which a database statement is given up")
    page_size: int = Field(20, ge=1, le=1000, description="entries on a page when the request names no number")
    ctgov_url: str = Field(
        "https://clinicaltrials.gov/api/v2/studies", description="the address that `sync ctgov` reads"
    )
    ctgov_tries: int = Field(8, ge=1, description="how often `sync ctgov` sends a request that fails in passing")
    cursor_key: str = Field(
        "", description="the key that paging links are signed with; empty: one made with the database"
    )
    export_folder: str = Field(
        "",
        description="where exported files stand, one folder for all servers of a database; "
        "empty: `trials-exports` in the system's temporary folder",
    )
    export_hours: float = Field(24.0, gt=0, description="hours for which exported files are kept")
    export_jobs: int = Field(2, ge=1, description="exports that may run at once")
    export_kept: int = Field(20, ge=1, description="exports that may be there at once, running or kept")
    pinned_folder: str = Field(
        "",
        description="where `serve --pinned` keeps the databases that it has made; "
        "empty: `clinical-trial-registry/pinned` in the user's cache folder",
    )


def packaged(name: str) -> Path:
    """The folder `migrations` or `seeds`: beside the package in a checkout, inside it when installed."""
    inside = _PACKAGE / "_packaged" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
