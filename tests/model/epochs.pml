/*
 * epochs.pml: what is remembered of verified keys is believed only while it is so.
 *
 * A model, for spin(1), of src/core/memory_epochs.c, memory_changers.c, memory_keys.c and of mend() in
 * upkeep.c: workers that check one key, changes of its organization, processes that die at any step,
 * keepers that repair what they leave, a service that starts, and a database that commits when it likes.
 * See README.
 *
 * The promise is the assertion in check(): a check is never answered by rows older than those that were
 * committed when it began.  That is more than what people are promised, who are told of a change after it
 * is committed.  And the one in keeper(): when everybody is done, and the keeper has been at it once
 * more, nothing is in flux.
 *
 * Each step here is one access to something shared.  A key's slot is read and written in one step, as
 * the sequence lock (base/seqlock.c) makes sure; a writer that dies leaves a slot that is a miss.
 * Steps are seen by all in the same order; why that may be assumed is said in the comments of the source.
 */

#ifndef CHANGES
#define CHANGES 2 /* processes that make one change each */
#endif
#ifndef CHECKERS
#define CHECKERS 1 /* workers that check, on each host */
#endif
#ifndef KEEPERS
#define KEEPERS 1 /* at the same time, as while settings are reloaded */
#endif
#ifndef FAULTS
#define FAULTS 1 /* processes that die, or connections that are lost in a commit */
#endif
#ifndef HOSTS
#define HOSTS 1 /* all changes are made on host 0 */
#endif
#define PLACES	  CHANGES
#define PROCESSES (CHANGES + KEEPERS + FAULTS)

/* --- the database: one organization --- */

byte rows, epoch; /* of what is committed: how new it is, and what it says */
bool locked;      /* the organization's row */
mtype = { NONE, OPEN, SENT, COMMITTED, ROLLED_BACK };
mtype tx[CHANGES] = NONE;

/* --- shared memory --- */

/* Epochs have 1 added to them here: 0 is none. */
typedef host {
	byte changes, turn, known; /* the organization's word */
	byte label, version;       /* a remembered key: the epoch it was read at, and how new its rows are */
};
host m[HOSTS];

/* The places of changes, on host 0.  Their word is the state, whose it is, and how often it was taken. */
mtype = { FREE, CLAIMED, COUNTED, LOST, ENDING };
mtype state[PLACES] = FREE;
byte owner[PLACES], taken[PLACES];

#define WORD(p) ((state[p] * 16 + owner[p]) * 16 + taken[p])

bool dead[PROCESSES];
byte faults = FAULTS;
byte busy = CHANGES + KEEPERS - 1; /* all but the first keeper, who ends last */

/* What a process does, unless it dies before. */
#define STEP(action) \
	if \
	:: atomic { action } \
	:: atomic { faults > 0 -> faults--; goto died } \
	fi

/* memory_turn() */
#ifdef NO_TURN_COUNT
#define TURN(h) skip
#else
#define TURN(h) m[h].turn++
#endif
#ifdef KEEP_KNOWN_EPOCH
#define FORGET(h) skip
#else
#define FORGET(h) m[h].known = 0
#endif
#define TURN_UP	  m[0].changes++; TURN(0); FORGET(0)
#define TURN_DOWN assert(m[0].changes > 0); m[0].changes--; TURN(0); FORGET(0)

/* The changes are alike: call that one the first which claims first, or dies. */
#define NEXT_CHANGE \
	if \
	:: !begun && me + 1 < CHANGES -> run change(me + 1); run transaction(me + 1) \
	:: else \
	fi; \
	begun = true

/* claim() */
#define CLAIM \
	NEXT_CHANGE; \
	p = 0; \
	do \
	:: state[p] == FREE -> break \
	:: else -> p++ \
	od; \
	owner[p] = me; taken[p]++; state[p] = CLAIMED

/* enter(): the steps of being counted. */
#if defined(TURN_BEFORE_CLAIM)
#define ENTER STEP(TURN_UP); STEP(CLAIM); STEP(state[p] = COUNTED)
#elif defined(COUNTED_BEFORE_TURN)
#define ENTER STEP(CLAIM); STEP(state[p] = COUNTED); STEP(TURN_UP)
#else
#define ENTER STEP(CLAIM); STEP(TURN_UP); STEP(state[p] = COUNTED)
#endif

/* end() and leave(): and of being so no more. */
#if defined(FREE_BEFORE_TURN)
#define LEAVE STEP(state[p] = FREE); STEP(TURN_DOWN)
#elif defined(TURN_BEFORE_ENDING)
#define LEAVE STEP(TURN_DOWN); STEP(state[p] = FREE)
#else
#define LEAVE STEP(state[p] = ENDING); STEP(TURN_DOWN); STEP(state[p] = FREE)
#endif

/* --- a change --- */

proctype change(byte me)
{
	byte p;
	bool begun;

	/* memory_flux() */
#ifndef NO_FLUX_BEFORE_COMMIT
	ENTER;
#endif
	/* change_begin(), or at the latest orgs_bump_epoch() */
	STEP(!locked -> locked = true; tx[me] = OPEN);
#ifdef KEEP_IN_A_CHANGE
	/* memory_keep(), of rows that may never be committed, with the epoch they would have. */
	STEP(if :: me == 0 -> m[0].label = epoch + 2; m[0].version = 0 :: else fi);
#endif
	/* db_commit(), or db_rollback() */
	if
	:: atomic { tx[me] = SENT }
	:: atomic { tx[me] = ROLLED_BACK; locked = false }
	:: atomic { faults > 0 -> faults--; goto died }
	fi;
	if
	:: atomic { tx[me] == COMMITTED || tx[me] == ROLLED_BACK -> skip }
	:: atomic { faults > 0 -> faults--; goto died }
#ifdef LOST_IS_OVER
	:: atomic { tx[me] == SENT && faults > 0 -> faults-- }
#else
	:: atomic { tx[me] == SENT && faults > 0 -> faults--; goto lost }
#endif
	fi;
	/* end_flux() */
#ifdef NO_FLUX_BEFORE_COMMIT
	ENTER;
#endif
	LEAVE;
	goto over;
lost:	STEP(state[p] = LOST);
	goto over;
died:	atomic { dead[me] = true; NEXT_CHANGE }
over:	atomic { p = 0; busy-- }
}

/* What was sent is committed some time, or is not; what was not is taken back when its process is gone. */
proctype transaction(byte i)
{
end:	if
	:: atomic { tx[i] == SENT ->
		if
#ifdef KEEP_IN_A_CHANGE
		:: i > 0 -> rows++;
#else
		:: rows++;
#endif
#ifndef NO_EPOCH_BUMP
		   epoch++;
#endif
#if CHECKERS == 0
		   assert(m[0].changes > 0); /* of which check() knows the consequences */
#endif
		   tx[i] = COMMITTED
		:: tx[i] = ROLLED_BACK
		fi;
		locked = false }
	:: atomic { tx[i] == OPEN && dead[i] -> tx[i] = ROLLED_BACK; locked = false }
	:: tx[i] == ROLLED_BACK
	fi
}

/* --- a check: verify_key(), again and again --- */

#ifdef NO_TURN_COUNT
#define SAME_WORD(h) (m[h].changes == changes && m[h].known == known)
#else
#define SAME_WORD(h) (m[h].changes == changes && m[h].known == known && m[h].turn == turn)
#endif

proctype check(byte h)
{
	byte need, label, version;	/* a copy of the slot, or what is read to fill it */
	byte changes, turn, known, now; /* a copy of the word, and the epoch */

begin:	/* memory_find() */
	atomic { need = rows; label = m[h].label; version = m[h].version;
		if
		:: label == 0 -> goto cold
		:: else
		fi }
	/* memory_epoch_holds() */
	atomic { changes = m[h].changes; turn = m[h].turn; known = m[h].known;
		if
#ifdef BELIEVE_IN_FLUX
		:: false
#else
		:: changes > 0 -> goto cold
#endif
#ifdef CLUSTER
		:: else -> goto ask
#else
		:: else -> now = known
#endif
		fi;
		if
		:: now == 0 -> goto ask
		:: else -> goto compare
		fi }
ask:	/* orgs_epoch() */
	atomic { now = epoch + 1 }
#ifndef CLUSTER
	/* read_epoch(): only if nobody has turned it meanwhile */
	atomic {
		if
#ifdef NOTE_BLINDLY
		:: true -> m[h].known = now
#else
		:: SAME_WORD(h) -> m[h].known = now
		:: else
#endif
		fi }
#endif
compare: atomic {
		if
		:: label == now -> assert(version >= need); goto next
		:: else
		fi }
cold:	/* verify_cold(): the row, with the epoch; what else is read is as new or newer */
	atomic { label = epoch + 1; version = rows }
	/* memory_keep() */
	atomic {
#ifdef KEEP_WITHOUT_ITS_EPOCH
		label = epoch + 1;
#endif
		m[h].label = label; m[h].version = version }
next:	atomic { need = 0; label = 0; version = 0; changes = 0; turn = 0; known = 0; now = 0; goto begin }
}

/* --- a service that starts: memory_forget_epochs() --- */

proctype service()
{
#ifdef START_FORGETS_CHANGES
	atomic { m[0].changes = 0; TURN(0); FORGET(0) }
#else
	atomic { TURN(0); FORGET(0) }
#endif
}

/* --- the keeper: mend() --- */

#define UNCERTAIN(s) (s == CLAIMED || s == ENDING)
#define OWNER(word) ((word / 16) % 16)
#define UNSURE(p) (UNCERTAIN(state[p]) && dead[owner[p]])
#define ORPHAN(p) (state[p] == LOST || (state[p] != FREE && dead[owner[p]]))

proctype keeper(byte me; bool first)
{
	byte p, changes, turn, known, counted, late;
	short seen[PLACES], word;
	mtype was;
	bool last;

begin:	/* It has always something to do here: so it is not idle for ever. */
	atomic {
		if
		:: ORPHAN(0) || ORPHAN(PLACES - 1) -> skip
		:: first && busy == 0 && !locked -> last = true
		:: !first -> goto over
		fi }

	/* memory_recount(): if there is anybody who died where nobody knows; recount() */
	if
	:: UNSURE(0) || UNSURE(PLACES - 1)
	:: else -> goto mend
	fi;
	STEP(changes = m[0].changes; turn = m[0].turn; known = m[0].known);
look:	/* take_tally() */
	STEP(if
	     :: p == PLACES -> goto count
	     :: else -> was = state[p]; word = WORD(p)
	     fi;
	     if
	     :: was == FREE -> p++; goto look
	     :: was == COUNTED || was == LOST -> counted++; p++; goto look
	     :: else
	     fi);
#ifndef RECOUNT_OVER_THE_LIVING
	STEP(if :: dead[OWNER(word)] :: else -> goto mend fi);
#endif
#ifndef NO_SECOND_LOOK
	STEP(if :: WORD(p) == word :: else -> goto mend fi);
#endif
	atomic { seen[p] = word; p++; goto look }

count:
#ifdef RECOUNT_BLINDLY
	STEP(m[0].changes = counted; TURN(0); FORGET(0));
#else
	STEP(if
	     :: SAME_WORD(0) -> m[0].changes = counted; TURN(0); FORGET(0)
	     :: else -> /* next time; when nobody changes anything, that will come */
		    if :: last -> late++; assert(late < 4) :: else fi;
		    last = false;
		    goto mend
	     fi);
#endif
	p = 0;
free:
#ifdef FREE_UNSEEN
	STEP(if :: UNSURE(p) -> state[p] = FREE :: else fi; p++; if :: p < PLACES -> goto free :: else fi);
#else
	atomic {
		do
		:: p < PLACES && seen[p] == 0 -> p++
		:: else -> break
		od;
		if
		:: p == PLACES -> goto mend
		:: else
		fi }
	STEP(if :: WORD(p) == seen[p] -> state[p] = FREE :: else fi; p++; goto free);
#endif

mend:	atomic { p = 0; counted = 0; changes = 0; turn = 0; known = 0; word = 0; was = 0 }
next:	/* memory_orphan() */
	STEP(if
	     :: p == PLACES -> goto again
	     :: else -> was = state[p]; word = WORD(p)
	     fi;
	     if
	     :: was == LOST || was == COUNTED
	     :: else -> p++; goto next
	     fi);
	if
	:: was == COUNTED -> STEP(if :: dead[OWNER(word)] :: else -> p++; goto next fi)
	:: else
	fi;
#ifndef MEND_WITHOUT_LOCK
	/* wait_for_row(): if it is not to be had, the next round will do */
	STEP(if :: !locked :: else -> goto again fi);
#endif
	/* memory_mend() */
#ifdef MEND_BLINDLY
	STEP(state[p] = ENDING; owner[p] = me);
#else
	STEP(if
	     :: WORD(p) == word -> state[p] = ENDING; owner[p] = me
	     :: else -> goto again
	     fi);
#endif
	STEP(TURN_DOWN);
	STEP(state[p] = FREE; p++; goto next);

again:	atomic {
		p = 0; word = 0; was = 0; seen[0] = 0; seen[PLACES - 1] = 0;
		if
		:: last -> assert(m[0].changes == 0 && state[0] == FREE && state[PLACES - 1] == FREE)
		:: !last && first -> goto begin
		:: !last && !first
		fi }
	goto over;
died:	atomic { dead[me] = true; run keeper(CHANGES + KEEPERS + faults, first); goto gone }
over:	atomic { if :: !first -> busy-- :: else fi }
gone:	skip
}

init {
	byte i;

	atomic {
		run change(0);
		run transaction(0);
		do
		:: i < CHECKERS * HOSTS -> run check(i % HOSTS); i++
		:: else -> break
		od;
#ifdef START
		run service();
#endif
		i = 0;
		do
		:: i < KEEPERS -> run keeper(CHANGES + i, i == 0); i++
		:: else -> break
		od
	}
}
