"""A conversation's place in the queue. Pure."""

# Minutes of head start that a priority gives in the queue (low, normal, high, urgent).
HEAD_START = (-30.0, 0.0, 30.0, 240.0)


def order_key(since: float, priority: int) -> float:
    """Its place in the queue: when it began to wait, less the head start of its priority."""
    return since - HEAD_START[priority] * 60.0
