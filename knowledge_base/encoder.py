"""The dense signal: a sentence-transformers model, by default trained here from the curated questions alone."""

import json
import shutil
from collections.abc import Sequence
from functools import cached_property, lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import torch
from huggingface_hub import HfApi, try_to_load_from_cache
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from bot.errors import KnowledgeUnavailable
from knowledge_base.lexical import Floats
from knowledge_base.pronunciation import sounds
from knowledge_base.wording import LEXICON_FILES, Reading, grams, read_like

UNKNOWN = "[UNK]"
PATIENCE = 10.0
"""Seconds the hub has to say that it is there, before its client tries for minutes."""


@lru_cache(maxsize=100_000)
def pieces(reading: Reading, text: str) -> tuple[str, ...]:
    """Cut a question into what the home-trained encoder knows: character n-grams, words and sounds."""
    canonical = reading.canonical(text)
    words = [f"w:{word}" for word in reading.words(canonical)]
    return (*grams(canonical, (1, 2, 3)), *words, *(f"p:{sound}" for sound in sounds(canonical)))


class PieceEmbedding(StaticEmbedding):
    """A bag of piece vectors. Saves its lexicon beside its weights, so the folder alone is a complete model."""

    def __init__(self, tokenizer: Tokenizer, lexicon: Path, **kwargs: Any) -> None:
        super().__init__(tokenizer, **kwargs)
        self._folder = lexicon
        self._reading = read_like(lexicon)

    def preprocess(  # type: ignore[override]
        self, inputs: list[str], prompt: str | None = None, **kwargs: Any
    ) -> dict[str, torch.Tensor]:
        del prompt, kwargs
        known = self.tokenizer.token_to_id
        bags = [[i for i in map(known, pieces(self._reading, text)) if i is not None] or [0] for text in inputs]
        offsets = np.cumsum([0, *(len(bag) for bag in bags[:-1])])
        ids = torch.tensor([i for bag in bags for i in bag], dtype=torch.long)
        return {"input_ids": ids, "offsets": torch.from_numpy(offsets)}

    def mean(self, text: str) -> Floats:
        """Return the unit vector of one text as a row, without a tensor being made for it."""
        ids = [i for i in map(self._places.get, pieces(self._reading, text)) if i is not None] or [0]
        vector = np.add.reduce(self._weights[ids], axis=0, keepdims=True)
        return np.asarray(vector / (np.linalg.norm(vector) or 1.0), dtype=np.float32)

    @cached_property
    def _weights(self) -> Floats:
        return np.asarray(self.embedding.weight.detach().numpy(), dtype=np.float32)

    @cached_property
    def _places(self) -> dict[str, int]:
        return dict(self.tokenizer.get_vocab())

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        super().save(output_path, *args, **kwargs)
        for name in LEXICON_FILES:
            shutil.copyfile(self._folder / name, Path(output_path) / name)

    @classmethod
    def load(  # type: ignore[override]
        cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any
    ) -> "PieceEmbedding":
        folder = Path(model_name_or_path) / subfolder
        bare = StaticEmbedding.load(model_name_or_path, subfolder=subfolder, **kwargs)
        return cls(bare.tokenizer, folder, embedding_weights=bare.embedding.weight.detach())


def piece_tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    """Return a tokenizer that only looks pieces up; the unknown piece is row 0."""
    words = {UNKNOWN: 0, **{piece: place for place, piece in enumerate(vocabulary, 1)}}
    tokenizer = Tokenizer(WordLevel(words, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


class Encoder:
    """Encodes questions to unit vectors with whatever sentence-transformers model was named."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model.eval()
        first = model[0]
        self._pieces = first if len(model) == 1 and isinstance(first, PieceEmbedding) else None

    @classmethod
    def load(cls, name: str) -> "Encoder":
        """Load a model by name or path; raises KnowledgeUnavailable with the reason."""
        try:
            local, ours = _at_hand(name), _ours(name)
            encoder = cls(SentenceTransformer(name, device="cpu", trust_remote_code=ours, local_files_only=local))
            if not np.isfinite(encoder.encode([UNKNOWN])).all():
                raise ValueError("its vectors are not numbers")
        except Exception as error:  # tokenizers raises the bare class for a file it cannot read, others a dozen kinds
            raise KnowledgeUnavailable(f"encoder {name!r} cannot be loaded: {error}") from error
        return encoder

    def save(self, folder: Path) -> None:
        """Write the model as a sentence-transformers folder."""
        self._model.save(str(folder), create_model_card=False)

    def encode(self, texts: Sequence[str], batch: int = 256) -> Floats:
        """Return one unit vector per text, float32."""
        if len(texts) == 1:
            return self._one(texts[0])
        vectors = self._model.encode(list(texts), batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    def _one(self, text: str) -> Floats:
        """Encode one question without the batching machinery, which costs more than the model."""
        if self._pieces is not None:
            return self._pieces.mean(text)
        with torch.inference_mode():
            features = self._model.preprocess([text])
            vector = self._model(features)["sentence_embedding"].numpy()
        return np.asarray(vector / (np.linalg.norm(vector) or 1.0), dtype=np.float32)


def _at_hand(name: str) -> bool:
    """Tell whether a model needs no network, and ask the hub for it otherwise; raises OSError with what to mend."""
    if Path(name).is_dir():
        return True
    try:
        if isinstance(try_to_load_from_cache(name, "modules.json"), str):
            return True
        HfApi().model_info(name, timeout=PATIENCE)
    except HFValidationError as error:
        raise OSError("there is no such folder") from error
    except HfHubHTTPError as error:
        raise OSError(f"there is no such folder, and the hub does not give it: {error}") from error
    except (httpx2.HTTPError, OSError) as error:
        raise OSError(f"there is no such folder, and the hub cannot be reached to fetch it: {error}") from error
    return False


def identity(name: str) -> str:
    """Return what changes when the files of a model's folder change; of a model on the hub only its name is known."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest.update(f"{path.relative_to(folder)}\0{file_digest(file, sha256).hexdigest()}\n".encode())
    return digest.hexdigest()


def _ours(name: str) -> bool:
    """Tell whether the folder was saved by us: only then may it name a class of this package."""
    modules = Path(name) / "modules.json"
    if not modules.is_file():
        return False
    types = [str(module["type"]) for module in json.loads(modules.read_text(encoding="utf-8"))]
    return f"{PieceEmbedding.__module__}.{PieceEmbedding.__qualname__}" in types and not list(
        Path(name).glob("**/*.py")
    )
