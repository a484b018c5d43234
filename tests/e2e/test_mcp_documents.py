"""What sources hold, by the tools of the MCP door: who may, how far, and that nobody gets out."""

import os
import secrets
import shutil
import subprocess

import pytest

from api_kit import ABSENT
from mcp_kit import Mcp


@pytest.fixture
def folder(stack):
    """A new directory below the allowed ones."""
    path = os.path.join(stack.files, "documents-" + secrets.token_hex(4))
    os.makedirs(os.path.join(path, "guide"))
    os.makedirs(os.path.join(path, ".git"))
    files = {"README.md": "# Welcome\n\nStart with guide/start.md\n", "guide/start.md": "one\ntwo\nthree\n",
             ".git/config": "url = https://user:needle@example.org\n", "caf\u00e9.txt": "needle \u00e4\n"}
    for name, text in files.items():
        with open(os.path.join(path, name), "w") as f:
            f.write(text)
    with open(os.path.join(path, "picture.png"), "wb") as f:
        f.write(b"\x89PNG\0\0needle")
    with open(os.path.join(os.path.dirname(path), "outside-" + os.path.basename(path)), "w") as f:
        f.write("needle outside")
    os.symlink("/etc", os.path.join(path, "etc"))
    os.symlink("../outside-" + os.path.basename(path), os.path.join(path, "link.md"))
    return path


@pytest.fixture
def source(org, folder):
    return org.add_resource("source", config={"root": folder})


@pytest.fixture
def mcp(stack, org):
    return Mcp(stack.web.base_url, org.add_key("organization", permission="read")["token"])


def test_folders(mcp, source):
    top = mcp.call("list_documents", source=source)
    assert [(e["name"], e["type"]) for e in top["entries"]] == [
        ("README.md", "document"), ("caf\u00e9.txt", "document"), ("guide", "folder"), ("picture.png", "document")]
    first = mcp.call("list_documents", source=source, limit=2)
    assert first["next"] and mcp.call("list_documents", source=source, cursor=first["next"])["entries"] == top[
        "entries"][2:]
    assert [e["size"] for e in mcp.call("list_documents", source=source, path="guide")["entries"]] == [14]


def test_reading(mcp, source):
    whole = mcp.call("read_document", source=source, path="/guide/start.md")
    assert (whole["text"], whole["next_offset"], whole["size"]) == ("one\ntwo\nthree\n", None, 14)
    part = mcp.call("read_document", source=source, path="guide/start.md", line=2, lines=1)
    assert (part["text"], part["offset"], part["next_offset"]) == ("two\n", 4, 8)
    assert mcp.call("read_document", source=source, path="guide/start.md", offset=8)["text"] == "three\n"
    result = mcp.result("tools/call", {"name": "read_document", "arguments": {"source": source, "path": "README.md"}})
    assert result["content"][0]["text"].startswith("# Welcome")
    assert mcp.fails("read_document", source=source, path="picture.png")[0] == "not_text"
    assert mcp.fails("read_document", source=source, path="guide")[0] == "bad_field"


def test_searching(mcp, source):
    found = mcp.call("search_source", source=source, text="needle")
    assert [(m["path"], m["line"], m["text"]) for m in found["matches"]] == [("/caf\u00e9.txt", 1, "needle \u00e4")]
    assert found["complete"] is True
    found = mcp.call("search_source", source=source, text="^T", regex=True, ignore_case=True)
    assert [(m["path"], m["line"]) for m in found["matches"]] == [("/guide/start.md", 2), ("/guide/start.md", 3)]
    assert mcp.fails("search_source", source=source, text="(", regex=True)[0] == "bad_field"


def test_an_expression_that_explodes(mcp, source, folder):
    with open(os.path.join(folder, "evil.txt"), "w") as f:
        f.write(("a" * 60 + "!\n") * 100000)
    for text in ("^(a+)+$", "(a|aa)+$", "(.*)*b"):
        result = mcp.result("tools/call", {"name": "search_source", "arguments": {
            "source": source, "text": text, "regex": True}})
        if result["isError"]:
            assert "too many steps" in result["content"][0]["text"]
        else:
            assert result["structuredContent"]["complete"] is False or not result["structuredContent"]["matches"]


def test_a_document_of_a_gibibyte(mcp, source, folder):
    """Read by its range, looked through for as long as a search may take, and passed over if it is no text."""
    size = 1 << 30
    for name, beginning in (("text.log", b"needle\n" * 3000), ("binary.log", b"\0needle")):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(beginning)
            f.seek(size - 7)
            f.write(b"\nthread")
    piece = mcp.call("read_document", source=source, path="text.log", offset=size - 6)
    assert (piece["text"], piece["size"], piece["next_offset"]) == ("thread", size, None)
    assert mcp.call("read_document", source=source, path="text.log", line=2, lines=1)["text"] == "needle\n"
    assert mcp.fails("read_document", source=source, path="text.log", line=10**9)[0] == "bad_field"
    assert mcp.fails("read_document", source=source, path="binary.log")[0] == "not_text"
    found = mcp.call("search_source", source=source, text="thread", path="text.log")
    assert found["matches"] or found["stopped_by"] == "time", found
    assert mcp.call("search_source", source=source, text="needle", path="binary.log")["matches"] == []


def test_a_result_that_is_too_large(mcp, source, folder):
    """Names that become six times as long in JSON: the worst there is."""
    deep = folder
    for _ in range(8):
        deep = os.path.join(deep, "<" * 200)
    os.makedirs(deep)
    for n in range(200):
        with open(os.path.join(deep, f"{n:03}" + "<" * 100), "w") as f:
            f.write("<needle>" * 50)
    code, message = mcp.fails("search_source", source=source, text="needle>", limit=200)
    assert code == "response_too_large" and "ask for less" in message
    found = mcp.call("search_source", source=source, text="needle>", limit=20)
    assert len(found["matches"]) == 20 and found["stopped_by"] == "matches"


def test_nobody_gets_out(mcp, source, folder):
    outside = "outside-" + os.path.basename(folder)
    for path in ("../" + outside, "/../" + outside, "guide/../../" + outside, "link.md", "etc/passwd", "/etc/passwd",
                 ".git/config", ".GIT/config", "..", "guide/../.git/config", "\\..\\x", "a\nb", "x" * 2000):
        assert mcp.fails("read_document", source=source, path=path)[0] in ("not_found", "bad_field"), path
    for path in ("etc", "..", ".git", "link.md"):
        assert mcp.fails("list_documents", source=source, path=path)[0] == "not_found", path
        assert mcp.fails("search_source", source=source, text="a", path=path)[0] == "not_found", path


def test_a_root_that_became_a_link(mcp, source, folder, stack):
    os.rename(folder, folder + ".old")
    # Out of what is allowed, and to another place within it.
    for elsewhere in ("/etc", stack.files):
        os.symlink(elsewhere, folder)
        assert mcp.fails("list_documents", source=source)[0] == "conflict", elsewhere
        os.unlink(folder)
    assert mcp.fails("read_document", source=source, path="README.md")[0] == "conflict"
    os.rename(folder + ".old", folder)
    assert mcp.call("list_documents", source=source)["entries"]


def test_what_is_no_source_of_theirs(mcp, org, world, stack):
    """Another organization's, one that is absent and what is no source: all look the same."""
    seen = {mcp.fails("read_document", source=given, path="README.md")
            for given in (world.SOURCE, world.OTHER_SOURCE, ABSENT["resource"], org.add_resource("provider"), org.id,
                          org.add_resource("space"), "nonsense", "'; --")}
    assert len(seen) == 1 and seen.pop()[0] == "not_found"
    assert mcp.fails("read_document", source=org.add_resource("source"), path="x")[0] == "conflict"


def test_a_machine_reads_what_it_is_assigned(stack, org, source):
    """Direct assignment, then a team; never what everyone has."""
    made = org.add_machine()
    mcp, machine = Mcp(stack.web.base_url, made["token"]), made["machine"]["id"]
    assert mcp.tools() == ["whoami"]
    org.grant(source, "everyone", "member")
    mcp.request("tools/call", {"name": "read_document", "arguments": {"source": source, "path": "README.md"}})
    assert mcp.answer.status == 403
    org.admin.must("PUT", f"{org.path}/machines/{machine}/sources/{source}", {"role": "member"})
    assert [s["id"] for s in mcp.call("list_sources")["sources"]] == [source]
    assert mcp.call("read_document", source=source, path="README.md")["size"] > 0
    org.admin.must("DELETE", f"{org.path}/machines/{machine}/sources/{source}")
    assert mcp.tools() == ["whoami"]
    team = org.admin.must("POST", org.path + "/teams", {"name": "Readers"})["id"]
    org.grant(source, team, "member")
    org.admin.must("PUT", f"{org.path}/teams/{team}/members/{machine}")
    assert mcp.call("read_document", source=source, path="README.md")["size"] > 0


def test_arguments_that_are_wrong(mcp, source):
    for arguments, code in (({}, "missing_field"), ({"source": 1}, "bad_field"), ({"source": ""}, "bad_field"),
                            ({"source": source, "limit": 0}, "bad_field"),
                            ({"source": source, "limit": "5"}, "bad_field"),
                            ({"source": source, "extra": 1}, "unknown_field"),
                            ({"source": source, "path": []}, "bad_field")):
        assert mcp.fails("list_documents", **arguments)[0] == code, arguments
    assert mcp.call("list_documents", source=source, path=None)["entries"]
    assert mcp.fails("list_sources", cursor="nonsense")[0] == "bad_cursor"


# --- Git working trees, made by Git itself ---

def git(folder, *command):
    """Git as on a machine where nobody set anything."""
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@test.example", "-c", "protocol.file.allow=always",
                    *command], cwd=folder, check=True, capture_output=True,
                   env={"PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"})


@pytest.fixture
def tree(folder):
    """The folder as a working tree: with what is ignored, not added yet, and taken out of the index again."""
    shutil.rmtree(os.path.join(folder, ".git"))
    for name in (".env", "notes.txt", "build/out.txt", "guide/draft.md", "dropped.txt"):
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        with open(os.path.join(folder, name), "w") as f:
            f.write("needle\n")
    with open(os.path.join(folder, ".gitignore"), "w") as f:
        f.write(".env\nbuild/\n")

    def make(*how):
        git(folder, "init", "-q", *how)
        git(folder, "add", "README.md", "guide/start.md", "caf\u00e9.txt", "dropped.txt", ".gitignore", "etc", "picture.png")
        git(folder, "commit", "-q", "-m", "one")
        git(folder, "rm", "-q", "--cached", "dropped.txt")
        return folder
    return make


TRACKED = [".gitignore", "README.md", "caf\u00e9.txt", "guide", "picture.png"]


def named(mcp, source, **where):
    return [e["name"] for e in mcp.call("list_documents", source=source, **where)["entries"]]


@pytest.mark.parametrize("how, then", [((), ()), ((), ("update-index", "--index-version", "4")),
                                       ((), ("add", "-N", "notes.txt")), (("--object-format=sha256",), ())])
def test_of_a_working_tree_what_git_tracks(mcp, source, tree, how, then):
    folder = tree(*how)
    if then:
        git(folder, *then)
    noted = ["notes.txt"] if "-N" in then else []
    assert named(mcp, source) == sorted(TRACKED + noted) and named(mcp, source, path="guide") == ["start.md"]
    first = mcp.call("list_documents", source=source, limit=2)
    rest = mcp.call("list_documents", source=source, limit=100, cursor=first["next"])["entries"]
    assert [e["name"] for e in first["entries"] + rest] == sorted(TRACKED + noted)
    matches = mcp.call("search_source", source=source, text="needle")["matches"]
    assert [m["path"] for m in matches] == ["/caf\u00e9.txt"] + ["/" + name for name in noted]
    for hidden in (".env", "build/out.txt", "guide/draft.md", "dropped.txt", ".git/config", ".git/index", "link.md"):
        assert mcp.fails("read_document", source=source, path=hidden)[0] == "not_found", hidden
        assert mcp.fails("search_source", source=source, text="n", path=hidden)[0] == "not_found", hidden
    for hidden in ("build", ".git", "etc"):
        assert mcp.fails("list_documents", source=source, path=hidden)[0] == "not_found", hidden
    # As it lies there now, committed or not; and at once what is added.
    with open(os.path.join(folder, "README.md"), "w") as f:
        f.write("changed\n")
    assert mcp.call("read_document", source=source, path="README.md")["text"] == "changed\n"
    git(folder, "add", "guide/draft.md")
    assert named(mcp, source, path="guide") == ["draft.md", "start.md"]


def test_a_merge_a_module_and_a_sparse_tree(mcp, source, tree):
    folder = tree()
    git(folder, "commit", "-q", "-m", "two")
    for branch, text in (("left", "l"), ("right", "r")):
        git(folder, "checkout", "-q", "-b", branch, "HEAD" if branch == "left" else "HEAD~1")
        with open(os.path.join(folder, "README.md"), "w") as f:
            f.write(text)
        git(folder, "commit", "-q", "-m", text, "README.md")
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "left")
    assert named(mcp, source).count("README.md") == 1
    assert "<<<<<<<" in mcp.call("read_document", source=source, path="README.md")["text"]
    git(folder, "merge", "--abort")
    git(folder, "clone", "-q", folder, os.path.join(folder, "module"))
    git(folder, "add", "module")
    assert "module" not in named(mcp, source)
    assert mcp.fails("read_document", source=source, path="module/README.md")[0] == "not_found"
    git(folder, "reset", "-q")
    git(folder, "sparse-checkout", "set", "--cone", "--sparse-index", "guide")
    assert "guide" in named(mcp, source) and named(mcp, source, path="guide") == ["start.md"]


def test_a_tree_whose_list_cannot_be_read_is_closed(mcp, source, tree, org, stack):
    """Rather than shown as a plain directory, with all that Git does not track."""
    folder = tree()
    git(folder, "worktree", "add", "-q", folder + "-other")
    other = org.add_resource("source", config={"root": folder + "-other"})
    assert mcp.fails("list_documents", source=other)[0] == "conflict"
    git(folder, "update-index", "--split-index")
    for tool, more in (("read_document", {"path": "README.md"}), ("search_source", {"text": "needle"}),
                       ("list_documents", {}), ("list_documents", {"path": "guide"})):
        assert mcp.fails(tool, source=source, **more)[0] == "conflict", tool
    git(folder, "update-index", "--no-split-index")
    assert named(mcp, source) == TRACKED
