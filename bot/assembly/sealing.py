"""Finds the installation's one secret."""

from bot.errors import Misconfigured
from bot.seal import Seal, kept_secret
from bot.settings import Settings
from bot.store.database import file_of


def seal_of(settings: Settings) -> Seal:
    """The installation's secret: from the environment, or made once beside the embedded database."""
    secret = settings.secret_key.get_secret_value()
    if secret:
        return Seal(secret)
    file = file_of(settings.store.url)
    if file is None:
        raise Misconfigured("JIAJIA_SECRET_KEY: several processes on one PostgreSQL need the same secret; set it")
    return Seal(kept_secret(file.parent / "secret.key"))
