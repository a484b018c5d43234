"""Files by GraphQL, as the SDK of Drivebase asks for them: its documents, its variables, its order."""

import hashlib
import json
import os
import re
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import fcgi
import httpx
import pytest

from conftest import remember
from graphql_kit import Graphql

FILE = """
	id
	virtualPath
	name
	mimeType
	size
	hash
	remoteId
	providerId
	folderId
	uploadedBy
	isDeleted
	starred
	createdAt
	updatedAt
	lifecycle {
		state
		storageClass
		restoreRequestedAt
		restoreExpiresAt
		lastCheckedAt
	}
"""
FOLDER = """
	id
	virtualPath
	name
	remoteId
	providerId
	workspaceId
	parentId
	createdBy
	isDeleted
	starred
	createdAt
	updatedAt
"""
DOCUMENTS = {
    "file": "query GetFile($id: ID!) { file(id: $id) { %s } }" % FILE,
    "files": "query ListFiles($folderId: ID, $limit: Int, $offset: Int) { files(folderId: $folderId, limit: $limit, "
             "offset: $offset) { files { %s } total hasMore } }" % FILE,
    "contents": "query GetContents($folderId: ID, $providerIds: [ID!]) { contents(folderId: $folderId, providerIds: "
                "$providerIds) { files { %s } folders { %s } folder { %s } } }" % (FILE, FOLDER, FOLDER),
    "searchFiles": "query SearchFiles($query: String!, $limit: Int) { searchFiles(query: $query, limit: $limit) { %s } }"
                   % FILE,
    "smartSearch": "query SmartSearch($query: String!, $limit: Int) { smartSearch(query: $query, limit: $limit) "
                   "{ file { %s } headline rank } }" % FILE,
    "recentFiles": "query RecentFiles($limit: Int) { recentFiles(limit: $limit) { %s } }" % FILE,
    "starredFiles": "query StarredFiles { starredFiles { %s } }" % FILE,
    "requestUpload": "mutation RequestUpload($input: RequestUploadInput!) { requestUpload(input: $input) { fileId "
                     "uploadUrl uploadFields useDirectUpload } }",
    "requestDownload": "mutation RequestDownload($id: ID!) { requestDownload(id: $id) { fileId downloadUrl "
                       "useDirectDownload } }",
    "renameFile": "mutation RenameFile($id: ID!, $name: String!) { renameFile(id: $id, name: $name) { %s } }" % FILE,
    "moveFile": "mutation MoveFile($id: ID!, $folderId: ID) { moveFile(id: $id, folderId: $folderId) { %s } }" % FILE,
    "deleteFile": "mutation DeleteFile($id: ID!) { deleteFile(id: $id) }",
    "starFile": "mutation StarFile($id: ID!) { starFile(id: $id) { %s } }" % FILE,
    "unstarFile": "mutation UnstarFile($id: ID!) { unstarFile(id: $id) { %s } }" % FILE,
    "initiateChunkedUpload": "mutation InitiateChunkedUpload($input: InitiateChunkedUploadInput!) { "
                             "initiateChunkedUpload(input: $input) { sessionId totalChunks chunkSize useDirectUpload "
                             "presignedPartUrls { partNumber url } } }",
    "completeS3MultipartUpload": "mutation CompleteS3MultipartUpload($sessionId: ID!, $parts: [S3PartInput!]!) { "
                                 "completeS3MultipartUpload(sessionId: $sessionId, parts: $parts) }",
    "cancelUploadSession": "mutation CancelUploadSession($sessionId: ID!) { cancelUploadSession(sessionId: $sessionId) }",
    "activeUploadSessions": "query ActiveSessions { activeUploadSessions { sessionId status errorMessage } }",
    "folder": "query GetFolder($id: ID!) { folder(id: $id) { %s } }" % FOLDER,
    "folders": "query ListFolders($parentId: ID, $providerIds: [ID!]) { folders(parentId: $parentId, providerIds: "
               "$providerIds) { %s } }" % FOLDER,
    "starredFolders": "query StarredFolders { starredFolders { %s } }" % FOLDER,
    "createFolder": "mutation CreateFolder($input: CreateFolderInput!) { createFolder(input: $input) { %s } }" % FOLDER,
    "renameFolder": "mutation RenameFolder($id: ID!, $name: String!) { renameFolder(id: $id, name: $name) { %s } }" % FOLDER,
    "moveFolder": "mutation MoveFolder($id: ID!, $parentId: ID) { moveFolder(id: $id, parentId: $parentId) { %s } }" % FOLDER,
    "deleteFolder": "mutation DeleteFolder($id: ID!) { deleteFolder(id: $id) }",
    "starFolder": "mutation StarFolder($id: ID!) { starFolder(id: $id) { %s } }" % FOLDER,
    "unstarFolder": "mutation UnstarFolder($id: ID!) { unstarFolder(id: $id) { %s } }" % FOLDER,
    "searchFolders": "query SearchFolders($query: String!, $limit: Int) { searchFolders(query: $query, limit: $limit) { %s } }" % FOLDER,
}


class Sdk(Graphql):
    """One method a request: the operation's name and its variables; what is undefined is left out."""

    def __getattr__(self, name):
        def call(**variables):
            return self.data(DOCUMENTS[name], variables)[name]

        return call

    def refused(self, what, /, **variables):
        return self.error(DOCUMENTS[what], variables)

    def rest(self, method, path, content=None, query=None, **headers):
        headers = {"Authorization": "Bearer " + self.token, "x-workspace-id": self.workspace, **headers}
        answer = httpx.request(method, path, content=content, params=query, headers=headers, timeout=30, verify=False)
        remember(answer)
        return answer

    def upload(self, data, **wish):
        """What is small: asked for, sent to the address that is told, and asked about."""
        way = self.requestUpload(input={"mimeType": "text/plain", "size": len(data), **wish})
        assert way["uploadFields"] is None and way["useDirectUpload"] is False
        answer = self.rest("POST", way["uploadUrl"], data, **{"Content-Type": "text/plain"})
        assert answer.status_code == 200 and answer.json() == {"success": True}, answer.text
        return self.file(id=way["fileId"])

    def upload_in_chunks(self, data, size, base_url, **wish):
        session = self.initiateChunkedUpload(input={"mimeType": "text/plain", "totalSize": len(data), "chunkSize": size,
                                                    **wish})
        assert session["useDirectUpload"] is False and session["presignedPartUrls"] is None
        size = int(session["chunkSize"])
        for i in range(session["totalChunks"]):
            answer = self.rest("POST", base_url + "/api/upload/chunk", data[i * size:(i + 1) * size],
                               {"sessionId": session["sessionId"], "chunkIndex": str(i)},
                               **{"Content-Type": "application/octet-stream"})
            assert answer.status_code == 200, answer.text
        assert session["sessionId"] not in {s["sessionId"] for s in self.activeUploadSessions()}

    def download(self, id):
        way = self.requestDownload(id=id)
        assert way["fileId"] == id and way["useDirectDownload"] is False
        answer = self.rest("GET", way["downloadUrl"])
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture
def place(stack, org, tmp_path):
    """A provider of a test's own, and clients: one that may do all, and one of a key for /backups alone."""
    root = f"{stack.files}/graphql-{tmp_path.name}"
    org.provider = org.add_resource("provider", config={"driver": "local", "root": make_root(root)})
    org.root = root
    full = org.add_key("provider", scopes=["read", "write", "admin"])["token"]
    narrow = org.add_key("provider", scopes=["write"],
                         restrictions=[{"provider": org.provider, "base_path": "/backups"}])["token"]
    org.sdk = Sdk(stack.web.base_url, full, org.id)
    org.narrow = Sdk(stack.web.base_url, narrow, org.id)
    org.url = stack.web.base_url
    return org


def make_root(root):
    os.makedirs(root, exist_ok=True)
    return root


def folder(sdk, provider, name, parent=None):
    return sdk.createFolder(input={"name": name, "providerId": provider, **({"parentId": parent} if parent else {})})


def test_seed_3_9_seed_3_10_the_sdk_from_an_upload_to_its_end(place):
    sdk, provider = place.sdk, place.provider
    backups = folder(sdk, provider, "backups")
    assert backups["virtualPath"] == "/backups" and backups["workspaceId"] == place.id
    assert backups["parentId"] is None and backups["isDeleted"] is False
    made = sdk.upload(b"hello", name="a.txt", providerId=provider, folderId=backups["id"])
    assert made["virtualPath"] == "/backups/a.txt" and made["size"] == 5 and made["folderId"] == backups["id"]
    assert made["lifecycle"]["state"] == "HOT" and made["mimeType"].startswith("text/plain")
    assert sdk.download(made["id"]) == b"hello"
    inside = sdk.contents(folderId=backups["id"])
    assert [f["id"] for f in inside["files"]] == [made["id"]] and inside["folder"]["id"] == backups["id"]
    assert [f["name"] for f in sdk.contents(providerIds=[provider])["folders"]] == ["backups"]
    listed = sdk.files(folderId=backups["id"], limit=1, offset=0)
    assert (listed["total"], listed["hasMore"], len(listed["files"])) == (1, False, 1)
    assert sdk.renameFile(id=made["id"], name="b.txt")["virtualPath"] == "/backups/b.txt"
    other = folder(sdk, provider, "other")
    assert sdk.moveFile(id=made["id"], folderId=other["id"])["folderId"] == other["id"]
    assert sdk.starFile(id=made["id"])["starred"] is True
    assert [f["id"] for f in sdk.starredFiles()] == [made["id"]]
    assert sdk.unstarFile(id=made["id"])["starred"] is False
    assert [f["id"] for f in sdk.searchFiles(query="b.t")] == [made["id"]]
    found = sdk.smartSearch(query="b.txt", limit=5)
    assert [(r["file"]["id"], r["headline"]) for r in found] == [(made["id"], "b.txt")]
    assert made["id"] in {f["id"] for f in sdk.recentFiles(limit=10)}
    assert sdk.moveFolder(id=other["id"], parentId=backups["id"])["virtualPath"] == "/backups/other"
    assert sdk.file(id=made["id"])["virtualPath"] == "/backups/other/b.txt"
    assert sdk.renameFolder(id=other["id"], name="more")["name"] == "more"
    assert sdk.starFolder(id=other["id"])["starred"] and not sdk.unstarFolder(id=other["id"])["starred"]
    assert [f["id"] for f in sdk.folders(parentId=backups["id"])] == [other["id"]]
    assert [f["id"] for f in sdk.searchFolders(query="more")] == [other["id"]]
    assert sdk.deleteFile(id=made["id"]) is True
    assert sdk.refused("file", id=made["id"]) == ("NOT_FOUND", 404, "File not found")
    assert sdk.deleteFolder(id=backups["id"]) is True
    assert sdk.refused("folder", id=other["id"]) == ("NOT_FOUND", 404, "Folder not found")


def test_what_is_large_comes_in_chunks(place):
    sdk, data = place.sdk, bytes(range(256)) * 1024
    sdk.upload_in_chunks(data, 65536, place.url, name="big.bin", providerId=place.provider)
    made = next(f for f in sdk.files()["files"] if f["name"] == "big.bin")
    assert made["size"] == len(data) and sdk.download(made["id"]) == data
    session = sdk.initiateChunkedUpload(input={"name": "never", "mimeType": "text/plain", "totalSize": 10,
                                               "providerId": place.provider})
    assert session["sessionId"] in {s["sessionId"] for s in sdk.activeUploadSessions()}
    assert sdk.refused("completeS3MultipartUpload", sessionId=session["sessionId"], parts=[])[:2] == ("CONFLICT", 409)
    assert sdk.cancelUploadSession(sessionId=session["sessionId"]) is True
    assert sdk.refused("cancelUploadSession", sessionId=session["sessionId"])[:2] == ("NOT_FOUND", 404)


def test_what_belongs_to_a_file(place):
    sdk = place.sdk
    top = folder(sdk, place.provider, "top")
    sdk.upload(b"x", name="x.txt", providerId=place.provider, folderId=top["id"])
    inner = folder(sdk, place.provider, "inner", top["id"])
    seen = sdk.data("query($id: ID!) { folder(id: $id) { parent { id } provider { id name type authType quotaUsed "
                    "configPreview { key value isSensitive } } children { name parent { name } files { id } } "
                    "files { name user { id name role } folder { id } provider { id } } } }", {"id": top["id"]})["folder"]
    assert seen["parent"] is None and seen["provider"]["id"] == place.provider and seen["provider"]["type"] == "LOCAL"
    assert seen["children"] == [{"name": "inner", "parent": {"name": "top"}, "files": []}]
    assert seen["files"][0]["folder"] == {"id": top["id"]} and seen["files"][0]["user"]["id"].startswith("usr_")
    assert inner["parentId"] == top["id"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "\u0007", "x" * 300, "/", "../../etc/passwd"])
def test_a_name_that_is_none(place, name):
    for refused in (place.sdk.refused("createFolder", input={"name": name, "providerId": place.provider}),
                    place.sdk.refused("requestUpload", input={"name": name, "mimeType": "text/plain", "size": 1,
                                                              "providerId": place.provider})):
        assert refused[:2] == ("VALIDATION_ERROR", 400)


@pytest.mark.parametrize("size", [-1, 0.5])
def test_a_size_that_is_none(place, size):
    assert place.sdk.refused("requestUpload", input={
        "name": "x", "mimeType": "text/plain", "size": size, "providerId": place.provider})[:2] == ("VALIDATION_ERROR", 400)


def test_a_name_that_is_taken(place):
    folder(place.sdk, place.provider, "a")
    code, status, message = place.sdk.refused("createFolder", input={"name": "a", "providerId": place.provider})
    assert (code, status) == ("CONFLICT", 409) and "/a" in message


# --- a key for one path ---

def listed(sdk, provider, *names):
    """The id of what a path of names leads to, as a client comes to it."""
    at = None
    for name in names:
        rows = sdk.folders(parentId=at, providerIds=[provider]) if at else sdk.folders(providerIds=[provider])
        at = next(f["id"] for f in rows if f["name"] == name)
    return at


def test_what_somebody_else_put_there_is_nobodys(place):
    """Whoever lists it first has not brought it."""
    open(place.root + "/found", "w").close()
    made = place.sdk.upload(b"", name="made", providerId=place.provider)
    assert {f["name"]: f["uploadedBy"] for f in place.sdk.files()["files"]} == {"found": "", "made": made["uploadedBy"]}
    assert made["uploadedBy"].startswith("usr_")
    who = place.sdk.data("{ files { files { name user { id name email } } } }")["files"]["files"]
    assert [f["user"] for f in who if f["name"] == "found"] == [{"id": "", "name": "", "email": ""}]


def test_a_path_is_not_too_long_by_what_is_above_it(place):
    """Neither in the storage nor in a row; and what has no path is not listed."""
    sdk, name = place.sdk, "b" * 200
    os.makedirs(place.root + f"/a/{name}/{name}/{name}/{name}")
    os.mkdir(place.root + "/" + "z" * 250)
    deepest = listed(sdk, place.provider, "a", name, name, name, name)
    top, other = listed(sdk, place.provider, "a"), listed(sdk, place.provider, "z" * 250)
    for n in (217, 218, 219):
        open(place.root + f"/a/{name}/{name}/{name}/{name}/" + "c" * n, "w").close()
    assert {len(f["name"]) for f in sdk.contents(folderId=deepest)["files"]} == {217}
    code, status, said = sdk.refused("moveFolder", id=top, parentId=other)
    assert (code, status) == ("VALIDATION_ERROR", 400) and "1024 bytes" in said
    assert sdk.folder(id=deepest)["virtualPath"] == f"/a/{name}/{name}/{name}/{name}"
    assert os.listdir(place.root + "/" + "z" * 250) == []


def test_a_tree_that_is_too_deep_is_removed_in_parts(place):
    path = place.root + "/top"
    os.makedirs(path + "/d" * 150)
    top = listed(place.sdk, place.provider, "top")
    code, status, said = place.sdk.refused("deleteFolder", id=top)
    assert (code, status) == ("CONFLICT", 409) and "deep" in said
    assert place.sdk.folder(id=top)["virtualPath"] == "/top"
    assert place.sdk.deleteFolder(id=listed(place.sdk, place.provider, "top", *"d" * 60)) is True
    assert place.sdk.deleteFolder(id=top) is True and os.listdir(place.root) == []


def test_the_newest_are_those_of_all_providers(place):
    """However many there are, and however many files each has."""
    for n in range(12):
        root = make_root(f"{place.root}-{n}")
        provider = place.add_resource("provider", config={"driver": "local", "root": root})
        for name in ["new"] + [f"old{i}" for i in range(99)]:
            open(f"{root}/{name}", "w").close()
            os.utime(f"{root}/{name}", (0, 10 ** 9 + (10 ** 8 if name == "new" else 0)))
        place.sdk.contents(providerIds=[provider])
    assert [f["name"] for f in place.sdk.recentFiles(limit=100)].count("new") == 12


def test_seed_3_19_seed_3_22_seed_3_23_a_base_path_holds_for_every_field(place):
    """What is outside is not there; above are only the folders that lead to it."""
    sdk, narrow, provider = place.sdk, place.narrow, place.provider
    backups, beside = folder(sdk, provider, "backups"), folder(sdk, provider, "backups2")
    inside = sdk.upload(b"in", name="in.txt", providerId=provider, folderId=backups["id"])
    outside = sdk.upload(b"out", name="out.txt", providerId=provider, folderId=beside["id"])
    sdk.starFile(id=outside["id"])
    top = narrow.contents()
    assert [f["name"] for f in top["folders"]] == ["backups"] and top["files"] == []
    assert [f["name"] for f in narrow.folders()] == ["backups"]
    assert narrow.download(inside["id"]) == b"in"
    assert {f["id"] for f in narrow.recentFiles()} == {inside["id"]}
    assert narrow.starredFiles() == [] and narrow.searchFiles(query="out") == []
    assert [f["id"] for f in narrow.searchFiles(query="txt")] == [inside["id"]]
    assert [f["name"] for f in narrow.searchFolders(query="backups")] in ([], ["backups"])
    gone = ("NOT_FOUND", 404)
    for name in ("file", "requestDownload", "deleteFile", "starFile", "unstarFile", "moveFile"):
        assert narrow.refused(name, id=outside["id"])[:2] == gone, name
    assert narrow.refused("renameFile", id=outside["id"], name="x")[:2] == gone
    for name in ("folder", "deleteFolder", "starFolder", "moveFolder"):
        assert narrow.refused(name, id=beside["id"])[:2] == gone, name
    assert narrow.refused("renameFolder", id=beside["id"], name="x")[:2] == gone
    for variables in ({"folderId": beside["id"]},):
        assert narrow.refused("files", **variables)[:2] == gone
        assert narrow.refused("contents", **variables)[:2] == gone
    assert narrow.refused("moveFile", id=inside["id"], folderId=beside["id"])[1] in (403, 404)
    assert narrow.refused("moveFile", id=inside["id"])[1] in (403, 404)
    for name, wish in (("createFolder", {"name": "n"}),
                       ("requestUpload", {"name": "n", "mimeType": "text/plain", "size": 1}),
                       ("initiateChunkedUpload", {"name": "n", "mimeType": "text/plain", "totalSize": 1})):
        for place_of in ({}, {"parentId" if name == "createFolder" else "folderId": beside["id"]}):
            assert narrow.refused(name, input={**wish, **place_of, "providerId": provider})[1] in (403, 404), name
    assert narrow.refused("renameFolder", id=backups["id"], name="x")[1] in (403, 404)
    assert sdk.file(id=outside["id"])["virtualPath"] == "/backups2/out.txt"
    assert narrow.upload(b"new", name="new.txt", providerId=provider, folderId=backups["id"])["name"] == "new.txt"


def test_seed_3_11_seed_3_12_seed_3_13_a_scope_holds_for_every_field(place, world):
    """Reading only: a download is one, though it is a mutation."""
    made = place.sdk.upload(b"x", name="x.txt", providerId=place.provider)
    reader = Sdk(place.url, place.add_key("provider", scopes=["read"])["token"], place.id)
    assert reader.download(made["id"]) == b"x"
    lacks = ("AUTHORIZATION_ERROR", 403, "API key does not have the required scope: write")
    wish = {"name": "n", "providerId": place.provider}
    for name, variables in (
            ("createFolder", {"input": wish}), ("requestUpload", {"input": {**wish, "mimeType": "a/b", "size": 1}}),
            ("initiateChunkedUpload", {"input": {**wish, "mimeType": "a/b", "totalSize": 1}}),
            ("activeUploadSessions", {}), ("cancelUploadSession", {"sessionId": "x"}),
            ("renameFile", {"id": made["id"], "name": "y"}), ("moveFile", {"id": made["id"]}),
            ("deleteFile", {"id": made["id"]}), ("starFile", {"id": made["id"]}), ("unstarFile", {"id": made["id"]}),
            ("renameFolder", {"id": "x", "name": "y"}), ("moveFolder", {"id": "x"}), ("deleteFolder", {"id": "x"}),
            ("starFolder", {"id": "x"}), ("unstarFolder", {"id": "x"})):
        assert reader.refused(name, **variables) == lacks, name
    writer = Sdk(place.url, place.add_key("provider", scopes=["write"])["token"], place.id)
    assert writer.error('mutation { renameProvider(id: "%s", name: "x") { id } }' % place.provider) == (
        "AUTHORIZATION_ERROR", 403, "API key does not have the required scope: admin")


def test_files_of_others_are_not_there(place, world):
    """Another organization's ids, and ids of other things."""
    made = place.sdk.upload(b"x", name="x.txt", providerId=place.provider)
    top = folder(place.sdk, place.provider, "top")
    stranger = Sdk(place.url, world.other.token, world.OTHER_ORG)
    for who, file, of in ((stranger, made["id"], top["id"]), (place.sdk, "fil_nix", "fol_nix"),
                          (place.sdk, top["id"], made["id"]), (place.sdk, place.provider, "x" * 3000), (place.sdk, "", "")):
        for name in ("file", "requestDownload", "deleteFile", "moveFile", "starFile"):
            assert who.refused(name, id=file) == ("NOT_FOUND", 404, "File not found"), (name, file)
        for name in ("folder", "deleteFolder", "moveFolder", "starFolder"):
            assert who.refused(name, id=of) == ("NOT_FOUND", 404, "Folder not found"), (name, of)
        assert who.refused("files", folderId=of) == ("NOT_FOUND", 404, "Folder not found")
    for name, wish in (("createFolder", {}), ("requestUpload", {"mimeType": "a/b", "size": 1})):
        assert stranger.refused(name, input={"name": "n", "providerId": place.provider, **wish})[:2] == ("NOT_FOUND", 404)
    assert place.sdk.download(made["id"]) == b"x"


# --- providers ---

PROVIDER = "id name type authType userId isActive accountEmail accountName configPreview { key value isSensitive } " \
           "quotaTotal quotaUsed lastSyncAt createdAt updatedAt"


def test_seed_3_14_seed_3_18_providers_by_who_rules_them(place, stack):
    sdk = place.sdk
    listed = sdk.data("{ storageProviders { %s } }" % PROVIDER)["storageProviders"]
    assert [p["id"] for p in listed] == [place.provider] and listed[0]["isActive"]
    kinds = sdk.data("{ availableProviders { id name description authType usesPollingAuth configFields { name label "
                     "type required isIdentifier description placeholder } } }")["availableProviders"]
    assert [k["id"] for k in kinds] == ["local", "s3"]
    root = make_root(place.root + "-more")
    connect = "mutation($input: ConnectStorageInput!) { connectStorage(input: $input) { %s } }" % PROVIDER
    made = sdk.data(connect, {"input": {"name": "More", "type": "LOCAL", "config": {"root": root}}})["connectStorage"]
    assert made["name"] == "More" and {"key": "root", "value": root, "isSensitive": False} in made["configPreview"]
    renamed = sdk.data('mutation($id: ID!) { renameProvider(id: $id, name: "Less") { name } }', {"id": made["id"]})
    assert renamed["renameProvider"]["name"] == "Less"
    for narrow in (place.narrow, Sdk(place.url, place.add_key("provider", scopes=["admin"], restrictions=[
            {"provider": place.provider, "base_path": "/backups"}])["token"], place.id)):
        assert narrow.error('mutation { disconnectProvider(id: "%s") }' % place.provider)[1] == 403
        assert narrow.error('mutation { disconnectProvider(id: "%s") }' % made["id"])[1] in (403, 404)
        assert narrow.error(connect, {"input": {"name": "No", "type": "LOCAL", "config": {"root": root}}})[1] == 403
    whole = Sdk(place.url, place.add_key("provider", scopes=["admin"], restrictions=[{"provider": made["id"]}])["token"],
                place.id)
    assert whole.data('mutation { renameProvider(id: "%s", name: "Mine") { name } }' % made["id"]) == {
        "renameProvider": {"name": "Mine"}}
    assert whole.error('mutation { renameProvider(id: "%s", name: "x") { id } }' % place.provider)[:2] == ("NOT_FOUND", 404)
    assert whole.error(connect, {"input": {"name": "No", "type": "LOCAL", "config": {"root": root}}})[1] == 403
    assert [p["name"] for p in whole.data("{ storageProviders { name } }")["storageProviders"]] == ["Mine"]
    assert sdk.data('mutation { disconnectProvider(id: "%s") }' % made["id"]) == {"disconnectProvider": True}
    assert sdk.error('{ storageProvider(id: "%s") { id } }' % made["id"]) == (
        "NOT_FOUND", 404, "Storage provider not found")
    space = place.add_resource("space")
    assert sdk.error('mutation { disconnectProvider(id: "%s") }' % space)[:2] == ("NOT_FOUND", 404)
    for config in ({"root": "/etc"}, {"nix": "x"}, {"root": 1}, {}):
        assert sdk.error(connect, {"input": {"name": "N", "type": "LOCAL", "config": config}})[:2] == (
            "VALIDATION_ERROR", 400), config
    assert sdk.error(connect, {"input": {"name": "N", "type": "DROPBOX"}})[:2] == ("VALIDATION_ERROR", 400)


def test_every_document_of_the_sdk_is_valid(place):
    """Also those whose request would fail."""
    for name, document in DOCUMENTS.items():
        answer = place.sdk.post({"query": document + " query Nix { __typename }", "operationName": "Nix"})
        assert "errors" not in answer.json(), (name, answer.text)
        assert re.search(r"\b%s\b" % name, document)


# --- bad input ---

PIECES = ["..", ".", "", "a", "backups", "etc", "passwd", "%2e%2e", "%2f", "..%2f", "\u2024\u2024", "\uff0e\uff0e", "\uff0f",
          "\u2215", "A\u030a", "\u00c5", "\u202e", "\u0007", "CON", "~", "*", "a b", " ", "\ud7ff", "x" * 256, "%00", "\x7f"]
JOINTS = ["/", "\\", "//", "/./", "/../", "%2f", "%5c", ":", ";"]


def hostile_texts(n):
    """Names and ids that mean to be ways: all pairs of pieces, then triples, always the same."""
    pairs = [a + joint + b for joint in JOINTS for a in PIECES for b in PIECES]
    triples = ["/" + p + joint + c for joint in JOINTS for p in pairs[::40] for c in PIECES]
    return (PIECES + pairs + triples)[:n]


def outside(place):
    """All but what is in the provider: that nothing was made or moved there is seen by its names."""
    return {p for p in place.top.rglob("*") if place.inner not in p.parents}


@pytest.fixture
def cage(place):
    """The provider's root among other directories."""
    place.inner = Path(place.root)
    place.top = place.inner.parent
    place.before = outside(place)
    return place


def test_5000_hostile_ids_are_nothing(cage):
    texts = hostile_texts(5000)
    assert len(set(texts)) > 4500
    http = httpx.Client(headers={"Authorization": "Bearer " + cage.narrow.token}, timeout=30)
    for field, most in (("folder", 5000), ("storageProvider", 5000)):
        for at in range(0, most, 90):
            batch = texts[at:at + 90]
            document = "query(%s) { %s }" % (" ".join(f"$v{i}: ID!" for i in range(len(batch))), " ".join(
                f"a{i}: {field}(id: $v{i}) {{ id }}" for i in range(len(batch))))
            answer = http.post(cage.narrow.url, json={"query": document, "variables": dict(
                (f"v{i}", text) for i, text in enumerate(batch))})
            assert answer.status_code == 200, answer.text[:300]
            assert set(answer.json()["data"].values()) == {None}, batch
            assert {e["extensions"]["code"] for e in answer.json()["errors"]} == {"NOT_FOUND"}
    assert outside(cage) == cage.before


def test_hostile_names_stay_within(cage):
    """Written, renamed and moved to: refused, or a name of its own below /backups."""
    made = folder(cage.sdk, cage.provider, "backups")
    http = httpx.Client(headers={"Authorization": "Bearer " + cage.narrow.token}, timeout=30)
    kept = 0
    for i, name in enumerate(hostile_texts(5000)[::40]):
        what = ("createFolder", "requestUpload")[i % 2]
        wish = {"name": name, "providerId": cage.provider}
        wish.update({"parentId": made["id"]} if i % 2 == 0 else {"folderId": made["id"], "mimeType": "a/b", "size": 1})
        answer = http.post(cage.narrow.url, json={"query": DOCUMENTS[what], "variables": {"input": wish}}).json()
        for error in answer.get("errors", []):
            assert error["extensions"]["code"] in ("VALIDATION_ERROR", "CONFLICT"), (name, answer)
        kept += "errors" not in answer
    inside = cage.sdk.contents(folderId=made["id"])
    for thing in inside["folders"] + inside["files"]:
        assert thing["virtualPath"] == "/backups/" + thing["name"] and "/" not in thing["name"]
    assert kept < 100 and [f["name"] for f in cage.sdk.contents(providerIds=[cage.provider])["folders"]] == ["backups"]
    assert outside(cage) == cage.before and {p.name for p in cage.inner.iterdir() if p.name[0] != "."} == {"backups"}


# --- the whole of it: each path, for reading, writing, moving and deleting, through both doors ---

def tree_outside(cage):
    """Names, times and contents of all that is not below /backups of the provider, as one value."""
    base, digest = cage.inner / "backups", hashlib.sha256()
    for path in sorted(cage.top.rglob("*")):
        if path != base and base not in path.parents:
            seen = path.lstat()
            # A directory's own time is another when what is below the base in it is.
            digest.update(f"{path} {seen.st_mode} {seen.st_size if path.is_file() else 0}".encode())
            digest.update(path.read_bytes() if path.is_file() and not path.is_symlink() else b"-")
    return digest.hexdigest()


def by_rest(text, i, ids):
    """(method, address, body) of the four."""
    given, raw = quote(text, safe=""), quote(text, safe="/%;:\\~*. ").replace(" ", "%20")
    yield "GET", f"/api/download/proxy?fileId={given}", b""
    yield "POST", f"/api/upload/proxy?fileId={given}", b"x"
    yield "POST", f"/api/upload/chunk?sessionId={given}&chunkIndex=0", b"x"
    yield ("DELETE", "PUT")[i % 2], f"/api/{('download', 'upload')[i // 2 % 2]}/{raw}", b""


def by_graphql(text, i, ids):
    v = {"p": text, **ids}
    for document in (
            "query($p: ID!) { folder(id: $p) { id } file(id: $p) { id } contents(folderId: $p) { files { id } } }",
            "mutation($p: String!, $base: ID!, $provider: ID!) { requestUpload(input: { name: $p, mimeType: \"a/b\", "
            "size: 1, folderId: $base, providerId: $provider }) { fileId } }" if i % 2 else
            "mutation($p: ID!, $provider: ID!) { createFolder(input: { name: \"n\", parentId: $p, providerId: $provider "
            "}) { id } }",
            "mutation($p: String!, $file: ID!) { renameFile(id: $file, name: $p) { id } }" if i % 2 else
            "mutation($p: ID!, $file: ID!) { moveFile(id: $file, folderId: $p) { id } }",
            "mutation($p: ID!) { deleteFile(id: $p) }" if i % 2 else "mutation($p: ID!) { deleteFolder(id: $p) }"):
        yield "POST", "/graphql", json.dumps({"query": document, "variables": v}).encode()


class Kept:
    """One connection to the service itself, for many requests."""

    def __init__(self, socket, token):
        self.socket, self.there = socket, None
        self.params = {"SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "x", "REMOTE_ADDR": "127.0.0.1",
                       "CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": "Bearer " + token}

    def ask(self, method, address, body):
        params = fcgi.pairs({**self.params, "REQUEST_METHOD": method, "REQUEST_URI": address,
                             "QUERY_STRING": address.partition("?")[2], "CONTENT_LENGTH": str(len(body))})
        message = fcgi.begin(flags=fcgi.KEEP_CONN) + fcgi.stream(fcgi.PARAMS, params) + fcgi.stream(fcgi.STDIN, body)
        for _ in range(3):
            self.there = self.there or fcgi.Connection(self.socket)
            try:
                self.there.send(message)
                reply = self.there.reply()
            except OSError:
                reply = None
            if reply and reply.ended:
                return reply
            self.there.close()
            self.there = None
        raise AssertionError((method, address, body[:200]))


def try_all(cage, texts, ids, seen):
    line = Kept(cage.app_socket, cage.narrow.token)
    for i, text in texts:
        for way in (by_rest, by_graphql):
            for n, (method, address, body) in enumerate(way(text, i, ids)):
                reply = line.ask(method, address, body)
                if reply.status >= 500 or b"INTERNAL_SERVER" in reply.out or b"the secret" in reply.out:
                    seen["bad"].append((method, address[:300], body[:300], reply))
                seen[way.__name__, n, reply.status] += 1
                seen["asked"] += 1


def test_5000_hostile_paths_by_all_ways_change_nothing(cage, stack):
    texts = [*hostile_texts(4990), "/" + "x/" * 5000, "../" * 3400, "%2e%2e%2f" * 1100, "\0", "a\0b", "/backups2/a",
             "/Backups", "/backups/../secret", "\ud7ff/..", "fil_" + "0" * 20, "fol_" + "z" * 20]
    base = folder(cage.sdk, cage.provider, "backups")
    file = cage.sdk.upload(b"in", name="in", providerId=cage.provider, folderId=base["id"])
    (cage.inner / "secret").write_bytes(b"the secret")
    for name in ("backups2", "Backups"):
        (cage.inner / name).mkdir()
        (cage.inner / name / "a").write_bytes(b"the secret")
    os.symlink(cage.top, cage.inner / "link")
    cage.app_socket = stack.app_socket
    ids = {"base": base["id"], "file": file["id"], "provider": cage.provider}
    before, seen = tree_outside(cage), Counter()
    seen["bad"] = []
    threads = [threading.Thread(target=try_all, args=(cage, list(enumerate(texts))[n::4], ids, seen)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not seen["bad"], seen["bad"][:3]
    assert seen["asked"] == 8 * len(texts) and len(texts) > 5000
    assert not [k for k in seen if k[0] == "by_rest" and k[2] < 400], seen
    assert tree_outside(cage) == before
