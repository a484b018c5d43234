"""parts.py: what `run --only` names."""

from bench import Bench, Case
from measure import interleave, measure

PRESENTED = 2000  # distinct tokens


def self_size(bench, token):
    """Bytes of the answer to GET /v1/self."""
    from world import Client
    return len(Client(bench.stack.web.base_url, token).ask("GET", "/v1/self").text.encode())


def warm(options, report):
    with Bench(options) as bench:
        bench.start()
        texts = bench.rows.add_keys([bench.org], PRESENTED)
        tokens = bench.token_file("warm", texts)
        empty = bench.add_empty("empty", self_size(bench, texts[0]))
        doors = [
            bench.add_door("empty", "direct", empty.socket, lambda: empty.process and
                           __import__("measure").tree(empty.process.pid)),
            bench.add_door("ours", "direct", bench.stack.app_socket,
                           lambda: bench.stack.service.workers("app"))]
        bench.open_doors()
        cases = [Case("direct empty", doors[0], "/v1/self", tokens),
                 Case("direct allow", doors[1], "/v1/self", tokens)]
        for case in cases:
            case.warm(bench)
        samples = interleave(cases, options.rounds, lambda case: measure(
            case.load, bench.groups(case.door), options.seconds), options.say)
        report.add("warm", samples)
