"""glocal: a small shop sells what its customers help design and its neighbours print."""

__version__ = "0.1.0"
