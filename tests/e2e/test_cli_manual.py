"""The manual pages say what the program does: every command with its options, every setting."""

import re
import shutil
import subprocess

import pytest

from conftest import TOP

PAGES = sorted(TOP.glob("src/front/claviger*.[1-8]"))


def plain(page):
    """The text of a page without its macros."""
    text = (TOP / "src/front" / page).read_text()
    text = text.replace("\\-", "-").replace("\\&", "")
    return re.sub(r"\s+", " ", re.sub(r"\b(Fl|Ic|Ar|Cm|Op|Oo|Oc|Pa|Xo|Xc|No) ", "", text))


def usages(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    for name in re.findall(r"^  (\w+) ", text, re.MULTILINE):
        out = subprocess.run([program, name, "--help"], capture_output=True, text=True, check=True).stdout
        yield from re.findall(r"^(?:usage:|      ) claviger (.*)$", out, re.MULTILINE)


def test_every_command_and_option(program):
    text = (TOP / "src/front/claviger.8").read_text()
    for usage in usages(program):
        command = re.match(r"[a-z ]+[a-z]", usage).group()
        assert re.search(rf"Ic {command}\b", text), f"claviger.8 says nothing of {command}"
        for option in re.findall(r"--([a-z-]+)", usage):
            assert f"Fl -{option}" in text, f"claviger.8 says nothing of --{option}"


def test_every_setting_with_its_initial_value():
    rows = (TOP / "include/base/settings.def").read_text()
    text = plain("claviger.conf.5")
    found = re.findall(r"^SETTING_(?:TEXT|INT|FLAG)_ROW\((\w+), (\w+), (\"[^\"]*\"|\w+),", rows, re.MULTILINE)
    assert len(found) > 30
    for section, name, initial in found:
        value = {"true": "yes", "false": "no"}.get(initial, initial.strip('"'))
        assert f".It {name} = {value}".strip() + " " in text, f"[{section}] {name} = {value}"
        assert f".Ss Section {section}" in text


def test_the_sample_has_every_setting():
    rows = (TOP / "include/base/settings.def").read_text()
    sample = (TOP / "contrib/claviger.conf").read_text()
    for name in re.findall(r"^SETTING_\w+_ROW\(\w+, (\w+),", rows, re.MULTILINE):
        assert re.search(rf"^#?{name} =", sample, re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_are_sound(page):
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page], capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
