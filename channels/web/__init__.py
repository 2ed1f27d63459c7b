"""The web hall: a full page and a one-tag widget that talk to 家家 over one WebSocket."""

from channels.web.channel import WebChannel
from channels.web.limits import Limits

__all__ = ["Limits", "WebChannel"]
