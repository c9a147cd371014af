"""What a trained model is asked by hand."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios

import pytest


def test_a_model_writes_word_by_word_in_a_terminal_until_it_is_told_to_stop(done):
    """More than it could ever write before the first word is read; then Ctrl-C, as a user would."""
    command = [sys.executable, "-m", "pipeline", "generate", "--model", "lstm", "--seed", "3", "--tokens"]
    terminal, end = pty.openpty()

    def in_the_terminal() -> None:
        os.setsid()
        fcntl.ioctl(end, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which a test run in the background ignores

    process = subprocess.Popen(
        [*command, "100000000"],
        cwd=done.folder,
        env=done.environment(),
        stdin=end,
        stdout=end,
        stderr=end,
        preexec_fn=in_the_terminal,
    )
    os.close(end)
    shown = b""
    while len(shown.split()) < 40:
        shown += os.read(terminal, 4096)
    assert process.poll() is None
    os.write(terminal, b"\x03")
    rest = b""
    with contextlib.suppress(OSError):  # what Linux raises where the other end of a terminal is gone
        while piece := os.read(terminal, 4096):
            rest += piece
    assert process.wait(timeout=60) == 1
    assert b"Traceback" not in rest
    whole = done.run(*command, "200").split()
    words = shown.decode().split()[:30]
    assert words == whole[:30]


def test_prompts_seed_and_the_choice_of_words_on_the_command_line(done):
    words = (done.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()[5:7]
    both = done.pipeline(
        "generate", "--prompt", words[0], "--prompt", words[1], "--tokens", "6", "--temperature", "0.8"
    )
    alone = [done.pipeline("generate", "--prompt", word, "--tokens", "6", "--temperature", "0.8") for word in words]
    assert [text.split()[0] for text in alone] == words
    assert both == alone[0] + "\n" + alone[1]  # parted by a blank line, and none depends on the others
    likeliest = ("generate", "--model", "5gram", "--tokens", "8", "--top-k", "1")
    assert done.pipeline(*likeliest, "--seed", "1") == done.pipeline(*likeliest, "--seed", "2")
    narrow = ("generate", "--model", "lstm", "--tokens", "8", "--temperature", "0.3", "--top-p", "0.01")
    assert done.pipeline(*narrow, "--seed", "1") == done.pipeline(*narrow, "--seed", "2")
    free = ("generate", "--model", "lstm", "--tokens", "8", "--temperature", "1.5")
    assert done.pipeline(*free, "--seed", "1") != done.pipeline(*free, "--seed", "2")


def test_models_answer_by_hand(done, tmp_path):
    first = done.pipeline("generate", "--model", "lstm", "--tokens", "8", "--seed", "3")
    assert first == done.pipeline("generate", "--model", "lstm", "--tokens", "8", "--seed", "3")
    text = tmp_path / "text.txt"
    text.write_text("the dogs sleep .\nthe dog sleeps .\n")
    for model in ("5gram", "gru"):
        output = done.pipeline("score", "--model", model, str(text))
        assert re.search(r"tokens +10\n", output)
        assert float(re.search(r"perplexity +([\d.]+)", output)[1]) > 1
    done.pipeline("arpa", str(tmp_path / "bigram.arpa"), "--model", "bigram")
    ours = done.pipeline("score", "--model", "bigram", str(text))
    theirs = done.pipeline("score", "--arpa", str(tmp_path / "bigram.arpa"), str(text))
    assert re.search(r"nats +([\d.]+)", ours)[1] == re.search(r"nats +([\d.]+)", theirs)[1]
    vocabulary = (done.folder / "data/builtin/corpus/vocabulary.txt").read_text().split()
    good, bad = vocabulary[5], vocabulary[6]
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"good\tbad\tkind\nthe {good} .\tthe {bad} .\tone\nthe {good} .\tthe zzz .\ttwo\n")
    output = done.pipeline("probe", "--model", "trigram", str(pairs))
    assert re.search(r"all +1 ", output)
    assert "1 pairs are left out: a form is not in the vocabulary" in output
    assert re.search(r"kind +one +1 ", output)
    near = done.pipeline("neighbours", good, "--count", "3").splitlines()
    assert len(near) == 4
    assert set(line.split()[0] for line in near[1:]) <= set(vocabulary) - {good}
    assert "is a folder. Name the file" in done.pipeline("vectors", str(tmp_path), fails=True)
    done.pipeline("vectors", str(tmp_path / "vectors.txt"))
    lines = (tmp_path / "vectors.txt").read_text().splitlines()
    learned = [line.split()[0] for line in lines[1:]]
    assert lines[0] == f"{len(learned)} 8"
    assert learned == [word for word in vocabulary if word in set(learned)]
    assert good in learned
    assert "<eos>" not in learned
    assert len(learned) > 0.9 * len(vocabulary)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "transformer"), "train: found 'transformer'; allowed: rnn, gru, lstm"),
        (("generate", "--tokens", "0"), "greater than or equal to 1"),
        (("generate", "--model", "gpt"), "--model: found 'gpt'; trained on builtin: unigram, bigram"),
        (("generate", "--prompt", "zzzz"), "--prompt: zzzz is not in the vocabulary"),
        (("score", "nowhere.txt"), "nowhere.txt is no file that exists"),
        (("score", "data/raw/.gitkeep"), "is empty"),
        (("score", "--arpa", "params.yaml", "README.md"), "params.yaml"),
        (("arpa", "x.arpa", "--model", "lstm"), "lstm is a network"),
        (("probe", "nowhere.tsv"), "nowhere.tsv does not exist"),
        (("neighbours", "zzzz"), "'zzzz' is not in the vocabulary of builtin"),
        (("neighbours", "<eos>"), "'<eos>' has no neighbours: its vector was not learned"),
        (("probe", "params.yaml"), "that of no known form"),
    ],
)
def test_bad_questions_get_a_message_and_no_traceback(done, arguments, message):
    output = done.pipeline(*arguments, fails=True)
    assert message in output
    assert "Traceback" not in output
