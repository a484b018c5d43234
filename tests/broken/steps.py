"""steps.py: the steps that can be left out, and the tests that have to notice."""

from dataclasses import dataclass


@dataclass
class Step:
    """edits: a file, what is there (a regular expression that is there once), what comes in its place.
    tests: a file of tests/e2e and words for pytest -k, or a unit test and None; the first that fails counts.
    passes: nothing is left out, and all of them pass.  rounds: of each kind of change."""

    name: str
    what: str
    edits: list
    tests: list
    passes: bool = False
    rounds: int = 12


EPOCHS, KEYS = "src/core/memory_epochs.c", "src/core/memory_keys.c"
CHANGE, DB = "src/core/change.c", "src/db/db.c"


# --- what is left out ---

def without_bump(act):
    return ("include/core/acts.def", rf"(ACT\({act},.*)BUMPS\)", r"\1KEEPS)")


# The last line of defence: a commit that should have moved the epoch and has not.
NOT_REFUSED = (DB, r"if \(!turn_is_settled\(w->db\)\)", "if (false)")


def pause(milliseconds):
    return f"(void)usleep({milliseconds} * 1000);"


USLEEP = r"\g<0>#include <unistd.h>\n"
LONGER_FLUX = [
    (CHANGE, r"#include <assert\.h>\n", USLEEP), (CHANGE, r"\treturn f == FAULT_NONE && act_bumps", rf"\t{pause(2)}\n\g<0>"),
    (DB, r"#include <stdio\.h>\n", USLEEP), (DB, r"f = query\(w, \"COMMIT\"\);\n", rf"\g<0>\t{pause(8)}\n")]


# --- who has to notice ---

def exact(words):
    return [("test_exactness.py", f"no_check_after and ({words})")]


KILLS = [("test_exactness.py", "while_workers and not command")]
HOSTS = [("test_exactness_hosts.py", "on_the_other and (revoke or remove_grant or leave)")]

# A change that takes something away, and what is tried.
ACTS = {
    "KEY_END": "revoke or delete] or kill_by_text",
    "KEY_RENEW": "refresh or regenerate",
    "MEMBER_LEAVE": "leave]",
    "MEMBER_ROLE": "demote",
    "POLICY_SET": "toggle",
    "TEAM_REMOVE": "leave_team",
    "TEAM_DELETE": "delete_team",
    "MACHINE_DELETE": "delete_machine",
    "RESOURCE_DELETE": "delete_resource or delete_under or delete_parent or delete_restriction",
    "GRANT_SET": "lower_role",
    "GRANT_REMOVE": "remove_grant or remove_everyones",
    "ORG_DELETE": "delete_organization",
}

STEPS = [
    Step("nothing", "the build as it is", [], exact("delete] or remove_grant or lower_role") + HOSTS, passes=True),

    *[Step(f"bump-{act}", f"{act} moves no epoch, and its commit is not refused",
           [without_bump(act), NOT_REFUSED], exact(words)) for act, words in ACTS.items()],
    Step("bump-refused", "KEY_END moves no epoch, so that its commit is refused", [without_bump("KEY_END")],
         exact("revoke]")),
    Step("bump-none", "no change moves the epoch in the database",
         [(CHANGE, r"\? orgs_bump_epoch\(w, org_id\) : f", "? FAULT_NONE : f"), NOT_REFUSED],
         exact("delete] or remove_grant")),

    Step("flux-none", "a change marks nothing in this host's memory",
         [(CHANGE, r"act_bumps\(act\) \? memory_flux\(w, org_id\) : FAULT_NONE", "FAULT_NONE")], exact("delete] or remove_grant")),
    Step("flux-early", "what is in flux ends before the commit",
         [(DB, r"f = query\(w, \"COMMIT\"\);\n", r"ended(w, true);\n\t\g<0>")], exact("delete] or remove_grant")),
    Step("flux-for-ever", "what is in flux never ends",
         [(DB, r"(w->db->in_tx = false;\n)\tif \(w->after_tx != NULL\)\n\t\tw->after_tx\(w, certain\);", r"\1")],
         exact("delete] or remove_grant")),
    Step("flux-believed-paused", "pauses while in flux, before the commit and after it", LONGER_FLUX, KILLS,
         passes=True, rounds=30),
    Step("flux-believed", "what is remembered is believed while in flux, and the change's worker dies",
         [*LONGER_FLUX, (EPOCHS, r"changes_of\(seen\) == 0 &&\n\s+", "")], KILLS, rounds=30),

    Step("epoch-kept", "the end of a change does not forget the epoch",
         [(EPOCHS, r"(TURN_MASK\) << TURN_SHIFT);", r"\1 | epoch_of(word);")], exact("delete] or remove_grant")),
    Step("epoch-any", "what is remembered is not held against the epoch",
         [(EPOCHS, r"return now == \(epoch & EPOCH_MASK\);", "return now != 0 || epoch == 0;")],
         exact("delete] or remove_grant")),
    Step("epoch-after", "a change that ends does not forget what was known when the service stopped",
         [("src/core/memory_map.c", r"\tmemory_forget_epochs\(\);\n", "")],
         [("test_exactness.py", "stopped")]),
    Step("turn-paused", "a pause between reading the epoch and writing it down",
         [(EPOCHS, r'#include <assert\.h>\n', USLEEP), (EPOCHS, r"\t/\* Lost to a change:", rf"\t{pause(15)}\n\g<0>")],
         exact("delete] or remove_grant or refresh"), passes=True),
    Step("turn-none", "an epoch that was read before a change comes in after it",
         [(EPOCHS, r'#include <assert\.h>\n', USLEEP), (EPOCHS, r"\t/\* Lost to a change:", rf"\t{pause(15)}\n\g<0>"),
          (EPOCHS, r"turn = \(word >> TURN_SHIFT\) \+ 1", "turn = word >> TURN_SHIFT")],
         exact("delete] or remove_grant or refresh")),

    Step("kept-newer", "rows are remembered at the epoch that is now, not at the one they were read at",
         [(KEYS, r'#include "base/seqlock\.h"\n', r'\g<0>#include "store/orgs.h"\n'),
          (KEYS, r"\tslot = slot_for\(t\);\n",
           r"\tstruct org_brief now;\n\n\twords[EPOCH] = orgs_brief(w, s->org_id, &now) == FAULT_NONE ? "
           r"(uint64_t)now.epoch : 0;\n\g<0>")],
         exact("delete] or remove_grant or refresh or leave] or demote or toggle")),
    Step("kept-version", "a key's text counts as verified whatever version of its row it was verified against",
         [(KEYS, r"s->version == version", "version >= 0")], [("test_remembered.py", "version")]),
    Step("chain-any", "where a resource lies is not held against the epoch",
         [("src/core/memory_targets.c", r" \|\| !memory_epoch_held\(w, \(size_t\)copy\[ORG\], org_id, copy\[EPOCH\]\)",
           "")],
         exact("delete_under_level")),

    Step("cluster-none", "a host of several does not ask the database for the epoch",
         [(EPOCHS, r"(memory_epoch_holds[^}]*)w->settings->keys_cluster", r"\1false")], HOSTS),
    Step("cluster-lately", "an epoch that was read lately counts though this host has changed something since",
         [(EPOCHS, r" \|\| note\[NOTE_WORD\] != seen", "")], HOSTS),

    Step("command-alone", "a command does not open the service's memory",
         [("src/front/operator.c", r"!memory_attach\(w->settings, &why\)", "false")], exact("command")),
    Step("database-away", "what is remembered counts while the database is away",
         [(EPOCHS, r" &&\n\s+atomic_load_explicit\(&memory\.head->database, memory_order_acquire\) != 0", "")],
         [("test_remembered.py", "away")]),
    Step("seqlock", "a slot is not looked at again after it was copied",
         [("src/base/seqlock.c", r"return atomic_load_explicit\(seq, memory_order_relaxed\) == before", "return true")],
         [("base/test_seqlock", None)]),
]
