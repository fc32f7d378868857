"""swebench-lite: an instance goes in, a verdict comes out, and every stage between has a name."""

__version__ = "0.1.0"
