"""Keeps the numeric libraries to one thread each."""

import faiss
import torch
from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Let no library share a question, or a small training step, over threads: waking them costs more than the work.

    On a busy machine with two cores, learning took 158 s instead of 335 s and a question 1.9 ms instead of up to 13.
    """
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    threadpool_limits(1)


def one_thread_here() -> None:
    """Say it again for faiss in the thread that asks: OpenMP keeps the number by thread, and setting it costs nothing.

    Without it one question over half-digit vectors wakes every core, and waits for them.
    """
    faiss.omp_set_num_threads(1)
