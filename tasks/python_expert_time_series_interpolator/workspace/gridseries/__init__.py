"""Brings irregular measurements onto a regular grid of times."""

from gridseries.resampling import resample, resample_many
from gridseries.samples import Sample
from gridseries.tables import read_table, write_table

__all__ = ["Sample", "read_table", "resample", "resample_many", "write_table"]
