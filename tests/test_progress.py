import re

from pipeline import progress as module
from pipeline.progress import progress


def test_a_log_has_what_is_done_how_fast_and_what_is_left(capsys, monkeypatch):
    clock = iter([0.0, *(now for step in range(1, 11) for now in (10.0 * step, 10.0 * step)), 110.0])
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock, 120.0))
    with progress("train gru", 1000) as bar:
        bar.skip(500)
        for _ in range(4):
            bar.advance(100, loss=2.5)
    *lines, last = capsys.readouterr().err.splitlines()
    assert lines
    for line in lines:
        found = re.fullmatch(r"train gru: (\d+)%, (\d+) s, loss 2.5, (\d+) tokens/s, (\d+) s left", line)
        share, seconds, rate, left = (int(number) for number in found.groups())
        done = 1000 * share / 100
        assert abs(rate - (done - 500) / seconds) < 1  # what an earlier run has done is not this one's speed
        assert abs(left - (1000 - done) * seconds / (done - 500)) < 1
    assert re.fullmatch(r"train gru: done, \d+ s, loss 2.5, \d+ tokens/s", last)


def test_what_has_no_known_end_has_no_share_and_nothing_left(capsys, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", -1.0)
    with progress("download x", 0, "bytes") as bar:
        bar.advance(2**20)
    line, _ = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"download x: going on, \d+ s, [\d,]+ bytes/s", line)


def test_a_log_is_not_flooded(capsys):
    with progress("corpus", 1000, "lines") as bar:
        for _ in range(1000):
            bar.advance()
    assert len(capsys.readouterr().err.splitlines()) == 1
