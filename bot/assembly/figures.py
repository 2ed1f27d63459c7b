"""Assembles the dated numbers of policy, and where the built versions of the knowledge are: quick to import."""

from bot.errors import Misconfigured
from bot.settings import Settings
from knowledge_base.content import load_content
from knowledge_base.figures import DatedParameters
from knowledge_base.shelf import Shelf


def shelf_of(settings: Settings) -> Shelf:
    """Where the built versions are."""
    return Shelf(settings.knowledge.versions)


def parameters_of(settings: Settings) -> DatedParameters:
    """The dated numbers of the served version, or of the files when nothing is built yet."""
    shelf = shelf_of(settings)
    current = shelf.current()
    content = shelf.content(current) if current else load_content(settings.knowledge.directory)
    if not content.parameters:
        raise Misconfigured("knowledge.directory: there are no parameters in it")
    return DatedParameters(content.parameters)
