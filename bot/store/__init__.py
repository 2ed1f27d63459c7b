"""What must survive a restart, in SQL: who is being answered, what was said, what was masked, what is still owed."""

from bot.store.promises import Inherited, Promise, SqlPromises
from bot.store.sql import Claim, Claimed, Owed, SqlStore

__all__ = ["Claim", "Claimed", "Inherited", "Owed", "Promise", "SqlPromises", "SqlStore"]
