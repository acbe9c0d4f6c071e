"""The functions over their stores."""

from tests.functions.conftest import emulator, lambdas, pytest_generate_tests, store

__all__ = ["emulator", "lambdas", "pytest_generate_tests", "store"]
