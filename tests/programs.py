"""Programs from outside that some tests need: where there is none, it is said by name what was left out."""

import os
import shutil

import pytest

DEMANDED = "ASSAY_DEMAND"


def program(*names: str, package: str) -> str:
    """The path of a program that has one of these names, of a package of Debian's.

    The test is skipped where there is none, and fails where ASSAY_DEMAND names the package.
    """
    for name in names:
        if found := shutil.which(name):
            return found
    left_out = f"needs {package}: apt-get install {package}"
    if package in os.environ.get(DEMANDED, "").split(","):
        pytest.fail(left_out)
    pytest.skip(left_out)
