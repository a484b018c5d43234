"""How the commands are called: help, options, and what is said to who calls them wrongly."""

import re
import subprocess

import pytest

from conftest import TOP

BRANCHES = {
    "org": ("add", "list", "show", "rename", "policy", "delete"),
    "user": ("add", "list", "passwd"),
    "member": ("list", "role", "remove"),
    "team": ("add", "list", "show", "rename", "delete", "join", "leave"),
    "machine": ("add", "list", "show", "change", "regenerate", "delete"),
    "resource": ("add", "list", "show", "change", "delete"),
    "grant": ("set", "list", "remove"),
    "key": ("list", "show", "add", "change", "refresh", "revoke"),
    "routes": ("check", "test"),
}


def run(program, *words):
    """Without settings: whoever calls a command wrongly is told so before anything is opened."""
    return subprocess.run([program, "--config", "/nowhere/claviger.conf", *words], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=20)


def commands_of(program):
    return re.findall(r"^  (\w+) ", run(program, "--help").stdout, re.MULTILINE)


def test_help_lists_every_command(program):
    names = commands_of(program)
    assert {"serve", "migrate", "check", "version", *BRANCHES} <= set(names)
    for name in names:
        done = run(program, name, "--help")
        assert (done.returncode, done.stderr) == (0, ""), name
        assert f"claviger {name}" in done.stdout
        assert "usage:" in done.stdout


@pytest.mark.parametrize("name", BRANCHES)
def test_help_of_each_branch(program, name):
    whole = run(program, name, "--help").stdout
    for branch in BRANCHES[name]:
        done = run(program, name, branch, "--help")
        assert (done.returncode, done.stderr) == (0, ""), branch
        form = f"claviger {name} {branch}"
        assert done.stdout.startswith(form + ": ")
        assert f"usage: {form}" in done.stdout and form in whole


def test_version(program):
    wanted = re.search(r"AC_INIT\(\[claviger\], \[([^\]]+)\]", (TOP / "configure.ac").read_text()).group(1)
    for words in (["version"], ["--version"]):
        done = run(program, *words)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"claviger {wanted}\n", "")


WRONG = [
    ([], "a command is missing"),
    (["frob"], "there is no such command"),
    (["--frob"], "there is no such option"),
    (["version", "x"], '"x" is too much'),
    (["serve", "--background"], "there is no option --background"),
    (["migrate", "now"], '"now" is too much'),
    (["check", "-x"], "there is no option -x"),
    (["org"], "what is to be done?"),
    (["org", "frob"], 'there is no "org frob"'),
    (["org", "add"], "too few words"),
    (["org", "add", "a", "b"], '"b" is too much'),
    (["org", "add", "a", "--admin"], "--admin needs a value"),
    (["org", "list", "--json=yes"], "--json takes no value"),
    (["org", "show"], "too few words"),
    (["org", "delete"], "too few words"),
    (["org", "delete", "org_x", "--json"], "there is no option --json"),
    (["user", "add"], "too few words"),
    (["user", "add", "a@b.example", "--org", "org_x"], "--org and --role go together"),
    (["user", "add", "a@b.example", "--role", "admin"], "--org and --role go together"),
    (["user", "add", "a@b.example", "--password", "x"], "there is no option --password"),
    (["user", "passwd", "a@b.example"], "--password-stdin is missing"),
    (["user", "passwd", "--password-stdin"], "too few words"),
    (["key", "list"], "too few words"),
    (["key", "list", "--kind"], "--kind needs a value"),
    (["key", "show", "org_x"], "too few words"),
    (["key", "revoke", "org_x", "key_x", "key_y"], '"key_y" is too much'),
    (["key", "add", "--kind", "personal", "org_x", "a"], "the text of a key is seen once"),
    (["key", "refresh", "--show", "--token-file", "f", "org_x", "key_x"], "exclude each other"),
    (["key", "rotate", "--grace", "60", "org_x", "key_x"], "the text of a key is seen once"),
    (["key", "rotate", "--end", "--grace", "60", "org_x", "key_x"], "--end goes with no other option"),
    (["key", "rotate", "--end", "--show", "org_x", "key_x"], "--end goes with no other option"),
    (["machine", "add", "--expires-in", "30d", "org_x", "a"], "the text of a key is seen once"),
    (["resource", "add", "--root", "/x", "--config-stdin", "org_x", "source", "a"], "exclude each other"),
    (["resource", "change", "org_x", "res_x"], "nothing is to be changed"),
    (["team", "frob"], 'there is no "team frob"'),
    (["grant", "set", "org_x", "res_x", "usr_x"], "too few words"),
    (["routes", "test", "file", "GET"], "too few words"),
]


@pytest.mark.parametrize("words, said", WRONG, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_misuse_is_status_2_and_shows_how(program, words, said):
    done = run(program, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("claviger: ")
    assert said in done.stderr.splitlines()[0]
    assert "usage:" in done.stderr


def test_options_stand_anywhere(program):
    """They end at "--", and then a word may begin with dashes."""
    for words in (["org", "show", "--json", "org_x"], ["org", "show", "org_x", "--json"],
                  ["org", "show", "--", "--json"], ["key", "list", "--kind=space", "org_x"]):
        done = run(program, *words)
        assert done.returncode == 1, words  # understood; only the settings are missing
        assert "/nowhere/claviger.conf" in done.stderr


def test_settings_that_are_not_there(program):
    for words in (["check"], ["migrate"], ["serve"], ["org", "list"], ["user", "list"], ["key", "list", "org_x"]):
        done = run(program, *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "claviger: /nowhere/claviger.conf: cannot be read: No such file or directory\n"
