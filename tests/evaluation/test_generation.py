import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline import ask
from pipeline.corpus.conventions import conventions
from pipeline.corpus.tokenisers import WHITE_SPACE, save_tokeniser
from pipeline.corpus.vocabulary import EOS_ID
from pipeline.errors import UserError
from pipeline.evaluation.generation import draw, generate, write_texts
from pipeline.io import write_json, write_text
from pipeline.layout import Layout
from pipeline.models.neural import NeuralModel
from pipeline.models.recurrent import RecurrentNetwork, Shape
from pipeline.ngram.kneser_ney import fit
from pipeline.ngram.storage import save
from pipeline.params.reading import read_params
from pipeline.plans.resolve import resolve

WORDS = ["<unk>", "<eos>", "the", "dog", "cat", "sleeps", "barks", "."]


@pytest.fixture
def gru() -> NeuralModel:
    network = RecurrentNetwork(Shape("gru", 9, 5, 7, 1, tied=True, frozen=False))
    network.initialise(torch.Generator().manual_seed(4), 0.1, 1.0)
    with torch.no_grad():
        network.embedding.weight.normal_(generator=torch.Generator().manual_seed(5))
    return NeuralModel("gru", network)


@pytest.fixture
def layout(tmp_path) -> Layout:
    """Count models of a very small text, as the stages would leave them."""
    layout, params = Layout(tmp_path, "tiny"), read_params(Path(__file__).parents[2] / "params.yaml")
    text = np.array([2, 3, 5, 7, 1, 2, 4, 5, 7, 1, 2, 3, 6, 7, 1] * 5, dtype=np.uint8)
    save(layout.ngram, fit(text, len(WORDS), params.ngram.order))
    write_text(layout.corpus / "vocabulary.txt", "".join(f"{word}\n" for word in WORDS))
    save_tokeniser(layout.corpus, WHITE_SPACE)
    write_json(layout.plan("ngram"), resolve(params)["ngram"].model_dump())
    write_text(tmp_path / "params.yaml", "corpus: tiny\n")
    return layout


def expected(log_probs, temperature, top_k, top_p) -> np.ndarray:
    """The distribution drawn from, from its definition, one token at a time."""
    weights = {token: p for token, p in enumerate(np.exp(log_probs) ** (1 / temperature))}
    ranked = sorted(weights, key=lambda token: -weights[token])
    if top_k is not None:
        ranked = [token for token in ranked if weights[token] >= weights[ranked[min(top_k, len(ranked)) - 1]]]
    if top_p is not None:
        total, nucleus = sum(weights[token] for token in ranked), []
        for token in ranked:
            if sum(weights[kept] for kept in nucleus) / total >= top_p:
                break
            nucleus.append(token)
        ranked = nucleus
    kept = sum(weights[token] for token in ranked)
    return np.array([weights[token] / kept if token in ranked else 0.0 for token in weights])


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [
        (1.0, None, None),
        (0.5, None, None),
        (2.0, 4, None),
        (1.0, 1, None),
        (1.0, None, 0.6),
        (0.8, 6, 0.7),
        (1.0, 100, 1.0),
        (1.0, None, 0.01),
    ],
)
def test_tokens_are_drawn_from_the_distribution_that_was_asked_for(temperature, top_k, top_p):
    rng = np.random.default_rng(0)
    log_probs = np.log(rng.dirichlet(np.full(12, 0.7), size=3))
    uniforms = (np.arange(20_000) + 0.5) / 20_000  # inversion turns an even grid into the distribution itself
    for row in log_probs:
        drawn = draw(np.tile(row, (len(uniforms), 1)), uniforms, temperature, top_k, top_p)
        shares = np.bincount(drawn, minlength=12) / len(uniforms)
        np.testing.assert_allclose(shares, expected(row, temperature, top_k, top_p), atol=1e-4)
    several = draw(log_probs, uniforms[[100, 9000, 19000]], temperature, top_k, top_p)
    alone = [
        draw(row[None], uniforms[[u]], temperature, top_k, top_p)[0]
        for row, u in zip(log_probs, [100, 9000, 19000], strict=True)
    ]
    assert several.tolist() == alone


def test_tokens_that_tie_with_the_last_kept_are_kept():
    tied = np.log(np.array([[0.3, 0.2, 0.2, 0.2, 0.1]]))
    uniforms = (np.arange(900) + 0.5) / 900
    drawn = draw(np.tile(tied, (900, 1)), uniforms, 1.0, 2, None)
    np.testing.assert_allclose(np.bincount(drawn, minlength=5) / 900, [1 / 3, 2 / 9, 2 / 9, 2 / 9, 0], atol=2e-3)


def test_impossible_tokens_are_never_drawn():
    log_probs = np.array([[-np.inf, np.log(0.5), -np.inf, np.log(0.5), -np.inf]])
    for uniform in (0.0, 0.25, 0.5, 0.75, 1 - 2**-53):
        assert draw(log_probs, np.array([uniform]), 1.0, None, None)[0] in (1, 3)


def test_one_stream_of_many_is_what_is_generated_alone(gru):
    alone = list(islice(generate(gru, np.zeros(0, int), 0.7, np.random.default_rng(2), 5, 0.9), 40))
    nothing = np.zeros((0, 1), int)
    assert write_texts(gru, nothing, 40, 0.7, np.random.default_rng(2), 5, 0.9)[:, 0].tolist() == alone
    prompt = np.array([3, 1, 4])
    alone = list(islice(generate(gru, prompt, 0.7, np.random.default_rng(2)), 40))
    assert write_texts(gru, prompt[:, None], 40, 0.7, np.random.default_rng(2))[:, 0].tolist() == alone


def test_streams_are_independent_and_each_follows_its_own_past(gru):
    texts = write_texts(gru, np.zeros((0, 3000), int), 3, 1.0, np.random.default_rng(0))
    state = gru.start(1)
    first = np.bincount(texts[0], minlength=9) / 3000
    np.testing.assert_allclose(first, np.exp(gru.next_log_probs(state)[0]), atol=0.04)
    commonest = int(first.argmax())
    after = texts[1, texts[0] == commonest]
    state = gru.read(np.array([[commonest]]), state)[1]
    np.testing.assert_allclose(
        np.bincount(after, minlength=9) / len(after), np.exp(gru.next_log_probs(state)[0]), atol=0.06
    )


def test_words_come_with_their_spaces_and_line_breaks(layout):
    written = "".join(ask.generate_words(layout, "bigram", ["the dog"], 60, 1.0, None, None, 1))
    assert written.startswith("the dog ")
    assert set(written.split()) <= set(WORDS)
    assert " \n" not in written
    assert "\n " not in written
    assert len(written.replace("\n", " <eos> ").split()) == 62


def test_what_follows_a_prompt_does_not_depend_on_the_other_prompts(layout):
    def write(*prompts):
        return "".join(ask.generate_words(layout, "bigram", prompts, 12, 1.0, 5, 0.95, 3))

    assert write("the dog", "the cat") == write("the dog") + "\n\n" + write("the cat")


@pytest.mark.parametrize(("blank_lines", "tokens"), [("keep", 10), ("drop", 8)])
def test_a_text_is_scored_as_the_model_was_trained(layout, tmp_path, blank_lines, tokens):
    params = read_params(Path(__file__).parents[2] / "params.yaml")
    text = params.text.model_copy(update={"blank_lines": blank_lines, "encoding": "windows-1252"})
    write_json(layout.corpus / "summary.json", {"conventions": conventions(text, "tiny").as_dict() | {"min_count": 1}})
    write_json(layout.plan("perplexity"), resolve(params)["perplexity"].model_dump())
    (tmp_path / "text.txt").write_bytes(b"the dog barks\n\n\n the cat \xe4\n")
    scored = ask.score_file(layout, "bigram", tmp_path / "text.txt")
    assert scored["tokens"] == str(tokens)
    without = params.perplexity.model_copy(update={"uncounted": ["<eos>", "<unk>"]})
    left_out = resolve(params.model_copy(update={"perplexity": without}))["perplexity"]
    write_json(layout.plan("perplexity"), left_out.model_dump())
    assert ask.score_file(layout, "bigram", tmp_path / "text.txt")["tokens"] == "5"
    assert f"blank lines {'kept' if blank_lines == 'keep' else 'dropped'}" in scored["counted"]


def test_every_unknown_word_of_every_prompt_is_named(layout):
    with pytest.raises(UserError, match=r"--prompt: horse, sings is not in the vocabulary of tiny.*the, dog, cat"):
        list(ask.generate_words(layout, "bigram", ["the horse", "the dog sings"], 12, 1.0, None, None, 3))


def test_a_network_that_params_leave_out_by_now_is_told_of(layout):
    write_text(layout.network("gru") / "best.safetensors", "")
    write_json(layout.plan("gru"), {"selected": False})
    with pytest.raises(UserError, match=r"--model: gru was trained, but params\.yaml leaves it out"):
        ask.load_model(layout, "gru")


def test_the_command_line_writes_each_word_when_it_has_it(layout):
    command = [sys.executable, "-m", "pipeline", "generate", "--model", "bigram", "--prompt", "the cat"]
    command += ["--tokens", str(10**9), "--temperature", "0.9", "--top-k", "6", "--top-p", "0.99", "--seed", "3"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, cwd=layout.root, env=environment, stdout=subprocess.PIPE)
    read = process.stdout.read(2000).decode()  # there is no end to wait for
    assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    same = ask.generate_words(layout, "bigram", ["the cat"], 2000, 0.9, 6, 0.99, 3)
    assert "".join(same)[:2000] == read


def test_end_of_line_can_be_written(layout):
    tokens = islice(generate(ask.load_model(layout, "unigram"), np.zeros(0, int), 1.0, np.random.default_rng(0)), 200)
    assert EOS_ID in tokens
