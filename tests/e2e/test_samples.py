"""The sample files in contrib/ say what the program says."""

import os
import re
import shutil
import subprocess

import pytest
from conftest import TOP

SETTINGS = TOP / "include/base/settings.def"
SAMPLE = TOP / "contrib/claviger.conf"


def settings_of_the_program():
    """(section, name): initial value, from the table the program is built from."""
    row = re.compile(r'^SETTING_(TEXT|INT|FLAG)_ROW\((\w+), (\w+), ("[^"]*"|\w+),', re.M)
    found = {}
    for sort, section, name, initial in row.findall(SETTINGS.read_text()):
        if sort == "FLAG":
            initial = {"true": "yes", "false": "no"}[initial]
        found[section, name] = initial.strip('"')
    return found


def settings_of_the_sample():
    """(section, name): (value, is it in force)."""
    section, found = None, {}
    for line in SAMPLE.read_text().splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
        match = re.fullmatch(r"(#?)(\w+) =(.*)", line)
        if match and section:
            found[section, match[2]] = (match[3].strip(), match[1] == "")
    return found


def test_sample_names_every_setting():
    assert set(settings_of_the_sample()) == set(settings_of_the_program())


def test_sample_shows_what_is_so_without_it():
    program = settings_of_the_program()
    for place, (value, in_force) in settings_of_the_sample().items():
        if not in_force:
            assert value == program[place], place


def test_samples_for_nginx_tell_an_application_all_of_the_identity():
    """And set each of it, also where it is empty: a client may have sent a header of that name."""
    sample = {name: (TOP / "contrib/nginx" / name).read_text() for name in os.listdir(TOP / "contrib/nginx")}
    known = re.findall(r"^auth_request_set \$(\w+) +\$upstream_http_(x_claviger_\w+);", sample["claviger_protect.conf"], re.M)
    assert len(known) == 7
    fastcgi = re.findall(r"^fastcgi_param (\w+) +\$(\w+);", sample["claviger_identity.conf"], re.M)
    assert sorted(value for _, value in fastcgi) == sorted(name for name, _ in known)
    refused = re.findall(r'^fastcgi_param HTTP_(X_CLAVIGER_\w+) +"";', sample["claviger_identity.conf"], re.M)
    assert sorted(refused) == sorted(header.upper() for _, header in known)
    proxy = re.findall(r"^proxy_set_header (X-Claviger-\w+) +\$(\w+);", sample["claviger_proxy_identity.conf"], re.M)
    assert sorted((value, header.lower().replace("-", "_")) for header, value in proxy) == sorted(known)
    assert re.search(r'^proxy_set_header Authorization +"";', sample["claviger_proxy_identity.conf"], re.M)


def test_sample_routes_are_right(stack):
    done = stack.service.run("routes", "check", str(TOP / "contrib/routes"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_installation_of_the_stack_is_right(stack):
    done = stack.service.run("check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_units_are_right(tmp_path, program):
    for name in os.listdir(TOP / "contrib/systemd"):
        text = (TOP / "contrib/systemd" / name).read_text()
        # Neither the program nor its manual is installed here.
        text = text.replace("/usr/sbin/claviger", str(program))
        (tmp_path / name).write_text(re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
                          capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr.strip(), done.stdout + done.stderr
