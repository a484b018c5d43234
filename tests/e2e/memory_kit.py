"""What processes hold in their memory."""


def written(pid):
    """All memory of a process that it can write, a mapping at a time."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_ = line.split()
            start, end = (int(n, 16) for n in place.split("-"))
            if "w" in rights and end - start < 1 << 30:  # more is only reserved, by a sanitizer
                memory.seek(start)
                try:
                    yield memory.read(end - start)
                except OSError:  # a device's
                    pass


def in_memory(pid, what):
    """How often a process holds these bytes in what it may write."""
    return sum(piece.count(what) for piece in written(pid))
