"""Does the pipeline carry? Sets of other trades, each cross-validated beside plain TF-IDF with logistic regression."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.nlu.pipeline import Pipeline
from tests.nlu.scoring import Sentence, folds, scores, sentences

SETS = sorted((Path(__file__).parent / "elsewhere").glob("*.yml"))


def elsewhere(steps: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return macro-F1 of the steps and of the line not to be lost to, for each set and as the mean."""
    figures = {path.stem: _both(steps, sentences([path])) for path in SETS}
    mean = {key: round(sum(one[key] for one in figures.values()) / len(figures), 4) for key in ("ours", "tfidf")}
    return {**figures, "mean": mean}


def _both(steps: Sequence[dict[str, Any]], rows: Sequence[Sentence]) -> dict[str, float]:
    ours: list[tuple[str, str]] = []
    plain: list[tuple[str, str]] = []
    for training, scored in folds(rows):
        taught, texts = [rows[place] for place in training], [rows[place][1] for place in scored]
        true = [rows[place][0] for place in scored]
        pipeline = Pipeline(steps)
        pipeline.train(taught)
        ours += zip(true, pipeline.intents(texts), strict=True)
        plain += zip(true, _tfidf(taught, texts), strict=True)
    return {"ours": scores(ours)["macro_f1"], "tfidf": scores(plain)["macro_f1"], "sentences": float(len(rows))}


def _tfidf(taught: Sequence[Sentence], texts: Sequence[str]) -> list[str]:
    """Return what the plainest good model says: character 1-3-grams, TF-IDF, logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3)),
        LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
    )
    model.fit([text for _, text in taught], [intent for intent, _ in taught])
    return [str(guess) for guess in model.predict(list(texts))]
