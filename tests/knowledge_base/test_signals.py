"""The signals find their candidates on one thread, the highest first, and the same ones every time."""

import threading

import faiss
import numpy as np

from knowledge_base.signals import PER_SIGNAL, VIEWS, Asked, Heard, Index, build_index

ENTRIES = 20


def small_index() -> Index:
    """Return an index of entries with two questions each, every question a word of its own and one that all share."""
    asked = tuple(Asked(id=str(at), topic="loan", questions=(f"{at}甲", f"{at}乙")) for at in range(ENTRIES))
    bags = [["都", f"{at}", f"{at}{which}"] for at in range(ENTRIES) for which in "甲乙"]
    vectors = np.eye(2 * ENTRIES, dtype=np.float32)
    return build_index(asked, dict.fromkeys(VIEWS, bags), vectors, [], np.zeros((0, 1), dtype=np.float32))


def heard(*terms: str) -> Heard:
    vector = np.zeros((1, 2 * ENTRIES), dtype=np.float32)
    vector[0, -1] = 1.0
    return Heard(terms={name: list(terms) for name in VIEWS}, vector=vector)


def test_an_entry_that_alone_has_a_word_is_a_candidate_and_the_highest() -> None:
    sighting = small_index().look(heard("7", "7乙"))

    best = sighting.figures[:, 0]
    assert sighting.entries[best.argmax()] == 7
    assert np.count_nonzero(best) == 1


def test_among_equals_the_first_entries_are_candidates() -> None:
    """A word that all entries share tells none from another; a vector always has its nearest."""
    lexical = {int(entry) for entry in small_index().look(heard("都")).entries}

    assert set(range(PER_SIGNAL)) <= lexical


def test_a_question_is_looked_up_on_one_thread_whichever_asks() -> None:
    index, seen = small_index(), []

    def ask() -> None:
        faiss.omp_set_num_threads(2)
        index.look(heard("7"))
        seen.append(faiss.omp_get_max_threads())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert seen == [1]
