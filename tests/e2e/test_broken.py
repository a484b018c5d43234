"""tests/broken leaves out one step of the sources at a time: what it leaves out has to be there."""

import importlib.util
import re

import pytest

from conftest import TOP


def load_steps():
    spec = importlib.util.spec_from_file_location("steps", TOP / "tests/broken/steps.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.STEPS


@pytest.mark.parametrize("step", load_steps(), ids=lambda step: step.name)
def test_what_is_left_out_is_there_once(step):
    for name, old, _ in step.edits:
        found = re.findall(old, (TOP / name).read_text())
        assert len(found) == 1, f"{name}: {old!r} is there {len(found)} times; tests/broken/steps.py has to follow"
