"""Trains the default encoder on CPU from curated questions: LSA start, then contrastive rounds over all entries."""

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from scipy import sparse
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sklearn.utils.extmath import randomized_svd
from torch.utils.data import SequentialSampler
from transformers import PrinterCallback

from knowledge_base.augmentation import Augmenter
from knowledge_base.encoder import PieceEmbedding, piece_tokenizer, pieces
from knowledge_base.lexical import Floats
from knowledge_base.wording import Reading, read_like


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the default encoder is trained; part of what decides whether a trained one is stale."""

    dimensions: int = 256
    rounds: int = 100
    batch: int = 256
    learning_rate: float = 0.03
    scale: float = 16.0
    keep: int = 2
    """A piece must stand in this many questions to get a vector."""
    seed: int = 7


def train_encoder(groups: Sequence[Sequence[str]], lexicon: Path, recipe: Recipe) -> SentenceTransformer:
    """Train on groups of questions with one meaning each; deterministic for a recipe on one machine."""
    torch.manual_seed(recipe.seed)
    reading = read_like(lexicon)
    rounds = _rounds(groups, Augmenter(reading, recipe.seed), recipe)
    vocabulary, weights = _start(reading, groups, rounds, recipe)
    module = PieceEmbedding(piece_tokenizer(vocabulary), lexicon, embedding_weights=torch.from_numpy(weights))
    model = SentenceTransformer(modules=[module], device="cpu")
    if recipe.rounds:
        _contrast(model, rounds, min(recipe.batch, len(groups)), recipe)
    return model


def _rounds(groups: Sequence[Sequence[str]], augmenter: Augmenter, recipe: Recipe) -> list[tuple[str, str]]:
    """Pair every group with itself once a round, so that within a batch every other row is a true negative."""
    shuffler = random.Random(recipe.seed)  # noqa: S311 - not for secrets
    usable = [group for group in groups if len(group) > 1]
    batch = max(1, min(recipe.batch, len(usable)))
    pairs: list[tuple[str, str]] = []
    for _ in range(recipe.rounds):
        order = shuffler.sample(usable, len(usable) // batch * batch)
        for group in order:
            anchor, positive = shuffler.sample(list(group), 2)
            pairs.append((augmenter.bend(anchor), positive if shuffler.random() < 0.7 else augmenter.bend(positive)))
    return pairs


def _start(
    reading: Reading, groups: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]], recipe: Recipe
) -> tuple[list[str], Floats]:
    """Return the vocabulary and LSA vectors of the questions' pieces; pieces of one entry start close."""
    bags = [[pieces(reading, question) for question in group] for group in groups]
    counts = Counter(piece for group in bags for bag in group for piece in set(bag))
    bent = Counter(piece for pair in pairs for piece in set(pieces(reading, pair[0])))
    extra = [piece for piece, count in bent.items() if count >= 4 * recipe.keep and piece not in counts]
    vocabulary = [piece for piece, count in counts.items() if count >= recipe.keep] + extra
    places = {piece: place for place, piece in enumerate(vocabulary, 1)}
    documents = [[places[piece] for piece in bag if piece in places] for group in bags for bag in group]
    documents += [[place for bag in group for piece in bag if (place := places.get(piece))] for group in bags]
    matrix = sparse.csr_matrix(
        (
            np.ones(sum(map(len, documents)), np.float32),
            [place for document in documents for place in document],
            np.cumsum([0, *map(len, documents)]),
        ),
        shape=(len(documents), len(vocabulary) + 1),
    )
    matrix.sum_duplicates()
    idf = np.log(1 + len(documents) / (1 + np.bincount(matrix.indices, minlength=matrix.shape[1]))).astype(np.float32)
    matrix.data = np.log1p(matrix.data) * idf[matrix.indices]
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.maximum(lengths, 1e-6), np.diff(matrix.indptr))
    size = min(recipe.dimensions, min(matrix.shape) - 1)
    _, _, components = randomized_svd(matrix, n_components=size, random_state=recipe.seed, n_iter=3)
    weights = (components.T * idf[:, None]).astype(np.float32)
    return vocabulary, np.ascontiguousarray(weights / (np.linalg.norm(weights, axis=1).mean() or 1.0))


class _Trainer(SentenceTransformerTrainer):
    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """No card: it would be written nowhere, and the examples for it show a bar of their own at a curator's desk."""


def _contrast(model: SentenceTransformer, pairs: Sequence[tuple[str, str]], batch: int, recipe: Recipe) -> None:
    data = Dataset.from_dict({"anchor": [pair[0] for pair in pairs], "positive": [pair[1] for pair in pairs]})

    def in_order(dataset: Any, batch_size: int, **kwargs: Any) -> DefaultBatchSampler:
        del kwargs
        return DefaultBatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=False)

    with tempfile.TemporaryDirectory() as scratch:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=1,
            per_device_train_batch_size=batch,
            learning_rate=recipe.learning_rate,
            lr_scheduler_type="linear",
            warmup_steps=5,
            batch_sampler=in_order,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_strategy="no",
            seed=recipe.seed,
            use_cpu=True,
        )
        trainer = _Trainer(
            model=model,
            args=arguments,
            train_dataset=data,
            loss=MultipleNegativesRankingLoss(model, scale=recipe.scale),
        )
        trainer.remove_callback(PrinterCallback)  # it prints figures that nobody at a curator's desk can use
        trainer.train()
