"""The one function that most people need."""

from unitconv.registry import Registry

_REGISTRY = Registry()


def convert(value, source, target):
    """Return value, given in source, in target; both must measure the same thing."""
    dimension, factor = _REGISTRY.resolve(source)
    other, divisor = _REGISTRY.resolve(target)
    if dimension != other:
        raise ValueError("cannot convert %s (%s) to %s (%s)" % (source, dimension, target, other))
    return value * factor / divisor
