"""Trains and asks the components of a Rasa config without Rasa's graph around them; runs in Rasa's Python."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.nlu.scoring import Sentence


class Pipeline:
    """The components of a config, made and trained without Rasa's graph around them."""

    def __init__(self, steps: Sequence[dict[str, Any]], extra: Sequence[Path] = ()) -> None:
        self._steps, self._extra, self._made = steps, extra, []

    def train(self, rows: Sequence[Sentence]) -> None:
        """Train every step in order on sentences (with the regexes of the lookups, where the config uses them)."""
        import tempfile

        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.recipes.default_recipe import DefaultV1Recipe
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource
        from rasa.shared.importers.rasa import RasaFileImporter  # noqa: F401 - registers the readers
        from rasa.shared.nlu.training_data.loading import load_data
        from rasa.shared.nlu.training_data.message import Message
        from rasa.shared.nlu.training_data.training_data import TrainingData

        data = TrainingData([Message.build(text=text, intent=intent) for intent, text in rows])
        for path in self._extra:
            data = data.merge(load_data(str(path)))
        storage = LocalModelStorage(Path(tempfile.mkdtemp()))
        context = ExecutionContext(GraphSchema({}))
        self._made = []
        for number, step in enumerate(self._steps):
            registered = DefaultV1Recipe._from_registry(step["name"]).clazz
            config = {**registered.get_default_config(), **{key: step[key] for key in step if key != "name"}}
            made = registered.create(config, storage, Resource(f"step-{number}"), context)
            if hasattr(made, "train"):
                made.train(data)
            if hasattr(made, "process_training_data"):
                data = made.process_training_data(data)
            self._made.append(made)

    def predict(self, texts: Sequence[str]) -> list[Any]:
        """Return the read messages."""
        from rasa.shared.nlu.training_data.message import Message

        messages = [Message.build(text=text) for text in texts]
        for made in self._made:
            if hasattr(made, "process"):
                messages = made.process(messages)
        return messages

    def intents(self, texts: Sequence[str]) -> list[str]:
        """Return the intent of each text."""
        return [message.get("intent")["name"] for message in self.predict(texts)]
