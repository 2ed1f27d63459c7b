"""Trains and asks the components of a Rasa config without Rasa's graph around them; runs in Rasa's Python."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.nlu.scoring import Sentence


class Pipeline:
    """The components of a config, made and trained without Rasa's graph around them."""

    def __init__(self, steps: Sequence[dict[str, Any]], extra: Sequence[Path] = ()) -> None:
        self._steps, self._extra, self._made = steps, extra, []

    def train(self, rows: Sequence[Sentence]) -> Any:
        """Train every step in order on sentences (with the regexes of the lookups, where the config uses them).

        Returns Rasa's TrainingData as the last step left it.
        """
        from rasa.shared.importers.rasa import RasaFileImporter  # noqa: F401 - registers the readers
        from rasa.shared.nlu.training_data.loading import load_data
        from rasa.shared.nlu.training_data.message import Message
        from rasa.shared.nlu.training_data.training_data import TrainingData

        data = TrainingData([Message.build(text=text, intent=intent) for intent, text in rows])
        for path in self._extra:
            data = data.merge(load_data(str(path)))
        self._made = []
        for step in self._steps:
            made = component(step)
            if hasattr(made, "train"):
                made.train(data)
            if hasattr(made, "process_training_data"):
                data = made.process_training_data(data)
            self._made.append(made)
        return data

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


class Featurized:
    """Sentences whose features are made once, by all steps before the classifier, for as many folds as are wanted.

    What only left out sentences hold is a column of zeros in what is trained, so that every fold comes out as if its
    features had been made for it alone. The classifier is Rasa's LogisticRegressionClassifier.
    """

    def __init__(self, steps: Sequence[dict[str, Any]], rows: Sequence[Sentence], extra: Sequence[Path] = ()) -> None:
        from scipy.sparse import hstack, vstack

        at = next(place for place, step in enumerate(steps) if step["name"].endswith("Classifier"))
        made = Pipeline(steps[:at], extra).train(rows)
        known = {
            message.get("text"): hstack([one.features for one in message.features if one.type == "sentence"])
            for message in made.intent_examples
        }
        self._classifier, self._intents = steps[at], [intent for intent, _ in rows]
        self._features = vstack([known[text] for _, text in rows], format="csr")

    def intents(self, training: Sequence[int], scored: Sequence[int]) -> list[str]:
        """Return the intents of the rows at `scored` after training on those at `training`."""
        model = component(self._classifier).clf
        model.fit(self._features[list(training)], [self._intents[place] for place in training])
        return [str(intent) for intent in model.predict(self._features[list(scored)])]


def component(step: dict[str, Any]) -> Any:
    """Return the component of one step of a config, untrained."""
    import tempfile

    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource

    registered = DefaultV1Recipe._from_registry(step["name"]).clazz
    config = {**registered.get_default_config(), **{key: step[key] for key in step if key != "name"}}
    storage = LocalModelStorage(Path(tempfile.mkdtemp()))
    return registered.create(config, storage, Resource(step["name"]), ExecutionContext(GraphSchema({})))
