/*
 * command.pml: a change by a command, while a service is started.
 *
 * A model, for spin(1), of memory_attach() and memory_open() in src/core/memory_map.c and of end_flux() and
 * tell_service() in memory_changers.c.  That the count of changes is right is the matter of epochs.pml; here
 * nobody dies.  The service that is started finds the file of an earlier one that it cannot use, or none,
 * and begins another; one that can use what is there is service() of epochs.pml.
 *
 * The promise: a check that began after the command has ended is not answered by rows of before its change.
 */

#define NO_FILE 2

byte epoch, told; /* what is committed; what the command has said is done */
byte file = NO_FILE;

/* Epochs have 1 added to them here: 0 is none. */
typedef memory {
	byte changes, turn, known;
	byte label;
};
memory m[2]; /* of the earlier service, and of the one that is started */

proctype command()
{
	byte mine;

	/* memory_attach() */
	atomic { mine = file }
	/* memory_flux() */
	if
	:: mine != NO_FILE -> atomic { m[mine].changes++; m[mine].turn++; m[mine].known = 0 }
	:: else
	fi;
	/* db_commit() */
	epoch++;
	/* end_flux() */
	if
	:: mine != NO_FILE -> atomic { m[mine].changes--; m[mine].turn++; m[mine].known = 0 }
	:: else
	fi;
#ifndef TELL_ONCE
	/* tell_service() */
	atomic { mine = file }
	if
	:: mine != NO_FILE -> atomic { m[mine].turn++; m[mine].known = 0 }
	:: else
	fi;
#endif
	told = epoch
}

/* A worker of the service that is started: epochs.pml explains it. */
proctype check()
{
	byte need, label, turn, changes, known, now;

begin:	atomic { need = told; label = m[1].label }
	atomic { changes = m[1].changes; turn = m[1].turn; known = m[1].known }
	if
	:: label == 0 || changes > 0 -> goto cold
	:: else
	fi;
	now = known;
	if
	:: now == 0 ->
		atomic { now = epoch + 1 }
		atomic {
			if
			:: m[1].changes == changes && m[1].turn == turn && m[1].known == known -> m[1].known = now
			:: else
			fi }
	:: else
	fi;
	atomic {
		if
		:: label == now -> assert(label > need)
		:: else
		fi }
cold:	atomic { label = epoch + 1 }
	atomic { m[1].label = label; need = 0; label = 0; turn = 0; changes = 0; known = 0; now = 0 }
	goto begin
}

init {
	/* memory_open() */
	if
	:: file = 0
	:: file = NO_FILE
	fi;
	run command();
#ifdef WORKERS_BEFORE_FILE
	run check();
	file = 1
#else
	file = 1; /* memory_file_replace(), and it is whole */
	run check() /* the first fork */
#endif
}
