"""Keeps a seeker on disk: what it asks, how it reads, its views and vectors."""

import json
import shutil
from pathlib import Path

import faiss
import msgspec
import numpy as np

from bot.errors import KnowledgeUnavailable
from knowledge_base.blocks import blocks_of
from knowledge_base.encoder import Encoder
from knowledge_base.finder import Seeker, speller_for
from knowledge_base.lexical import Floats, View
from knowledge_base.signals import SEGMENTED_FROM, VIEWS, Asked, Index, nearest_of
from knowledge_base.wording import LEXICON_FILES, read_like

ARRAYS = ("starts", "counts", "vectors", "centres", "barred_starts", "barred_counts", "barred_vectors")

ALIKE = 0.98
"""Cosine of one question's vectors then and now; one by one and in batches differ in the last digits only."""


def save_seeker(seeker: Seeker, folder: Path, lexicon: Path, encoder: str) -> None:
    """Write the seeker into a folder; `encoder` is the name or path it will be loaded by."""
    for name in LEXICON_FILES:
        shutil.copyfile(lexicon / name, folder / name)
    (folder / "asked.json").write_bytes(msgspec.json.encode(seeker.asked))
    (folder / "encoder.json").write_text(json.dumps({"encoder": encoder}), encoding="utf-8")
    np.savez(folder / "arrays.npz", **{name: getattr(seeker.index, name) for name in ARRAYS})
    if not seeker.index.small:
        faiss.write_index(seeker.index.nearest, str(folder / "nearest.faiss"))
    for name in VIEWS:
        seeker.index.views[name].save(folder / name)
    seeker.index.barred_view.save(folder / "barred")


def load_seeker(folder: Path, encoders: Path) -> Seeker:
    """Read a seeker back; raises KnowledgeUnavailable with the reason."""
    try:
        with np.load(folder / "arrays.npz") as stored:
            arrays = {name: stored[name] for name in ARRAYS}
        views, counts = {name: View.load(folder / name) for name in VIEWS}, arrays["counts"]
        index = Index(
            owners=np.repeat(np.arange(len(counts)), counts),
            views=views,
            blocks=blocks_of(tuple(views.values()), counts),
            barred_view=View.load(folder / "barred"),
            nearest=_nearest(folder, arrays["vectors"]),
            **arrays,
        )
        asked = msgspec.json.decode((folder / "asked.json").read_bytes(), type=tuple[Asked, ...])
        name = str(json.loads((folder / "encoder.json").read_text(encoding="utf-8"))["encoder"])
        reading = read_like(folder)
    except (OSError, ValueError, KeyError, RuntimeError, msgspec.MsgspecError) as error:
        raise KnowledgeUnavailable(f"what was learned in {folder.name!r} cannot be read: {error}") from error
    own = encoders / name
    encoder = Encoder.load(str(own) if own.is_dir() else name)
    _same(encoder, name, asked, index)
    return Seeker(asked=asked, reading=reading, encoder=encoder, index=index, speller=speller_for(asked, reading))


def _nearest(folder: Path, vectors: Floats) -> faiss.Index:
    """Read the index of a large base, which takes long to learn; a small one's is made in milliseconds."""
    return nearest_of(vectors) if len(vectors) < SEGMENTED_FROM else faiss.read_index(str(folder / "nearest.faiss"))


def _same(encoder: Encoder, name: str, asked: tuple[Asked, ...], index: Index) -> None:
    """Refuse an encoder that gives other vectors than the index was made of; raises KnowledgeUnavailable."""
    if not asked:
        return
    vector = encoder.encode([asked[0].questions[0]])[0]
    size = index.vectors.shape[1]
    if len(vector) != size:
        raise KnowledgeUnavailable(f"encoder {name!r} gives {len(vector)} figures, its index has {size}: build again")
    if float(vector @ index.vectors[0]) < ALIKE:
        raise KnowledgeUnavailable(f"encoder {name!r} is not the one its index was made with: build again")
