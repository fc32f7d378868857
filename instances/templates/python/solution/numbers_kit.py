"""Small helpers for numbers."""


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def clamp(number: int, low: int, high: int) -> int:
    """The number, kept between two bounds."""
    if low > high:
        raise ValueError(f"low ({low}) is above high ({high})")
    return max(low, min(number, high))
