"""How well a turn that only tells of somebody's life is told from everything else people say."""
