import copy
import re
from functools import reduce
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.errors import UserError
from pipeline.params.memory_tasks import MEMORY_NETWORKS, MEMORY_TASKS
from pipeline.params.reading import check_params, current_corpus, read_params
from pipeline.params.schema import Params
from pipeline.params.studies import STUDIES, study_stage
from pipeline.plans.memory import memory_plan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import read_plan, read_selected
from pipeline.plans.resolve import resolve

ROOT = Path(__file__).parents[1]
SHIPPED = YAML(typ="safe").load((ROOT / "params.yaml").read_text())
WIKITEXT_2 = 2_088_628  # tokens of train, blank lines kept


def changed(dotted: str, value):
    values = copy.deepcopy(SHIPPED)
    *path, last = dotted.split(".")
    section = values
    for key in path:
        section = section[key]
    section[last] = value
    return values


def leaves(values, prefix=""):
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


LEAVES = dict(leaves(SHIPPED))


@pytest.mark.parametrize("size", sorted(SHIPPED["sizes"]))
def test_the_shipped_file_resolves_at_every_size(size):
    plans = resolve(check_params(changed("size", size)))
    assert set(plans) == {
        *("corpus", "ngram", "embeddings", "rnn", "gru", "lstm"),
        *("perplexity", "agreement", "gradients", "report"),
        *(study_stage(study) for study in STUDIES if study != "memory"),
        *(memory_plan(task, network) for task in MEMORY_TASKS for network in MEMORY_NETWORKS),
    }


@pytest.mark.parametrize("key", sorted(LEAVES))
def test_every_key_is_needed_and_its_wrong_type_is_named(key):
    without = copy.deepcopy(SHIPPED)
    *path, last = key.split(".")
    section = without
    for part in path:
        section = section[part]
    del section[last]
    with pytest.raises(UserError, match=rf"(?m)^  {key}: is missing"):
        check_params(without)
    with pytest.raises(UserError, match=rf"(?m)^  {key}: found {{'a': 1}}"):
        check_params(changed(key, {"a": 1}))


@pytest.mark.parametrize("key", sorted(key for key, value in LEAVES.items() if isinstance(value, float | int)))
def test_a_number_out_of_range_is_refused(key):
    if key == "training.forget_bias":
        return check_params(changed(key, -1.0)) and None
    with pytest.raises(UserError, match=rf"{key}: found -1"):
        check_params(changed(key, -1))
    with pytest.raises(UserError, match=rf"{key}: found nan"):
        check_params(changed(key, float("nan")))


@pytest.mark.parametrize("section", ["", *sorted(key for key, value in SHIPPED.items() if isinstance(value, dict))])
def test_an_unknown_key_is_refused_in_every_section(section):
    dotted = f"{section}.hiden_size" if section else "hiden_size"
    if section == "sizes":
        dotted = "sizes.small.hiden_size"
    with pytest.raises(UserError, match=rf"{dotted}: is not a known key; did you mean hidden_size"):
        check_params(changed(dotted, 3))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("model", "foo", "model: found 'foo'; allowed: all, rnn, gru, lstm"),
        ("model", ["lstm", "foo"], r"model: found \['lstm', 'foo'\]"),
        ("model", [], r"model: found \[\]"),
        ("studies", "memroy", "studies: found 'memroy'; allowed: none, all, a name or a list of"),
        ("studies", [], r"studies: found \[\]"),
        ("size", "huge", "size: found 'huge'.*allowed: small, medium, large"),
        ("corpus", "a/b", "corpus: found 'a/b'"),
        ("corpus", "raw", "corpus: found 'raw'"),
        ("ngram.order", 8, "ngram.order: found 8; input should be less than or equal to 7"),
        ("text.encoding", "utf-9", "text.encoding: found 'utf-9', which Python does not know"),
        ("text.encoding", "base64", "text.encoding: found 'base64', which Python does not know as one of text"),
        ("text.min_count", 0, "text.min_count: found 0; allowed: auto, or a number from 1"),
        ("text.min_count", 5, "on the built-in corpus min_count must be auto, 1 or 2"),
        ("corpus", "metrics.json", "a name that is taken"),
        ("adaptation.test_tokens", "most", "adaptation.test_tokens: found 'most'; allowed: all, or a number"),
        ("adaptation.dynamic.decays", [], r"adaptation.dynamic.decays: found \[\]"),
        ("adaptation.cache.weights", [1.0], r"adaptation.cache.weights.0: found 1.0"),
        ("embedding_study.shares", [1.0, 1.0], "embedding_study.shares: found one twice"),
        ("embedding_study.learning_rate_scales", [0.5, 0.5], "embedding_study.learning_rate_scales: found one twice"),
        ("context.kept", [4, 200], "context.kept: found 200, but the whole context has context.length 200 words"),
        ("drift.temperatures", [0.7, 1.0, 0.7], "drift.temperatures: found one twice"),
        ("drift.temperatures", [], r"drift.temperatures: found \[\]"),
        ("training.softmax", "adaptive", "softmax: adaptive with tie_output: true.*Set tie_output: false"),
        ("training.cutoffs", [10, 10], r"training: cutoffs: found \[10, 10\]; they must rise"),
        ("training.cutoffs", [], r"training.cutoffs: found \[\]"),
        ("training.patience", 0, "training.patience: found 0; allowed: never, or a number from 1"),
        ("training.recurrent_weights", "eye", "training.recurrent_weights: found 'eye'.*'orthogonal', 'uniform'"),
        ("sizes.small.num_layers", 5, "sizes.small.num_layers: found 5.*less than or equal to 4"),
        ("sizes.small.segments.grow_share", 1.5, "sizes.small.segments.grow_share: found 1.5"),
        ("sizes.small.optimiser.average_after", 5, "average_after: found 5 with method adamw.*set method: sgd"),
        ("sizes.small.optimiser.plateau_factor", 1.0, "plateau_factor: found 1.0; input should be less than 1"),
        ("text.valid_share", 0.49, None),
    ],
)
def test_bad_values_are_named_with_what_is_allowed(key, value, message):
    if message is None:
        values = changed(key, value)
        values["text"]["test_share"] = 0.49
        message = "valid_share and test_share leave less than a tenth"
        with pytest.raises(UserError, match=message):
            check_params(values)
        return
    with pytest.raises(UserError, match=message):
        check_params(changed(key, value))


def test_combinations_of_a_recipe_that_cannot_be_are_refused():
    values = changed("sizes.small.segments", {"lengths": "fixed", "grow_from": 36, "grow_share": 0.5})
    with pytest.raises(UserError, match=r"grow_from: found 36, but segments grow up to bptt_len 35"):
        check_params(values)
    values = changed("training.softmax", "adaptive")
    values["training"]["tie_output"] = False
    assert check_params(values).training.clusters == (2000, 10000)
    values["sizes"]["small"]["hidden_size"] = 15
    with pytest.raises(UserError, match=r"training.cutoffs: found 2, each of which quarters the 15 units"):
        check_params(values)


def test_the_published_recipes_reach_the_lstm_as_published():
    medium = resolve(check_params(changed("size", "medium")))["lstm"]
    assert medium.learning_rate == pytest.approx(1.0 * 35)  # of a mean over 35 steps; Zaremba's loss is their sum
    assert medium.clip_norm == pytest.approx(5 / 35, rel=1e-4)
    assert medium.size.training_tokens == 39 * WIKITEXT_2
    large = resolve(check_params(changed("size", "large")))["lstm"]
    assert (large.learning_rate, large.clip_norm) == (pytest.approx(30), 0.25)
    assert large.size.training_tokens == large.size.validations * WIKITEXT_2


def test_the_commands_of_the_readme_train_the_published_recipes():
    """What they override is in params.yaml, and says what the papers do."""
    told = dict.fromkeys(("medium", "large"))
    for command in re.findall(r"dvc exp run -S size=(?:\\\n|.)*", (ROOT / "README.md").read_text()):
        given = dict(re.findall(r"-S ([\w.]+)=(\S+)", command))
        values = copy.deepcopy(SHIPPED)
        for name, value in given.items():
            *path, last = name.split(".")
            reduce(lambda section, key: section[key], path, values)[last] = YAML(typ="safe").load(value)
        told[given["size"]] = resolve(check_params(values))["lstm"]
    for plan in told.values():
        assert plan.embeddings == "none"
        assert (plan.training.warmup_share, plan.training.forget_bias) == (0, 0)
        assert plan.training.recurrent_weights == plan.training.input_weights == "uniform"
    assert (told["medium"].training.tie_output, told["large"].training.tie_output) == (False, True)
    assert (told["medium"].training.embedding_range, told["large"].training.embedding_range) == (0.05, 0.1)


def test_dynamic_evaluation_needs_a_learning_rate_of_one_rule_or_the_other():
    values = changed("adaptation.dynamic.sgd_learning_rates", [])
    assert check_params(values).adaptation.dynamic.rms_learning_rates
    values["adaptation"]["dynamic"]["rms_learning_rates"] = []
    with pytest.raises(UserError, match="sgd_learning_rates and rms_learning_rates are both empty; give one"):
        check_params(values)


def test_every_mistake_is_told_at_once():
    values = changed("model", "foo")
    values["lstm"]["clip_norm"] = "tight"
    with pytest.raises(UserError) as error:
        check_params(values)
    assert "model:" in str(error.value)
    assert "lstm.clip_norm: found 'tight'" in str(error.value)


@pytest.mark.parametrize(
    ("model", "expected"),
    [("all", ("rnn", "gru", "lstm")), ("lstm", ("lstm",)), (["lstm", "rnn"], ("rnn", "lstm"))],
)
def test_model_is_all_one_or_a_list(model, expected):
    params = check_params(changed("model", model))
    assert params.models == expected
    assert {name for name in ("rnn", "gru", "lstm") if resolve(params)[name].selected} == set(expected)


@pytest.mark.parametrize(
    ("studies", "expected"), [("none", ()), ("all", STUDIES), ("learning_curve", ("learning_curve",))]
)
def test_studies_are_none_all_one_or_a_list(studies, expected):
    params = check_params(changed("studies", studies))
    assert params.selected_studies == expected
    plans = resolve(params)
    of_study = {
        name: plans[study_stage(name) if name != "memory" else memory_plan("adding", "irnn")] for name in STUDIES
    }
    assert {name for name, plan in of_study.items() if plan.selected} == set(expected)
    assert check_params(changed("studies", list(STUDIES))).selected_studies == STUDIES


def test_size_and_architecture_are_merged():
    values = changed("size", "medium")
    values["sizes"]["medium"]["learning_rate_scale"] = 0.5
    values["lstm"]["learning_rate"] = 0.01
    plan = resolve(check_params(values))["lstm"]
    assert isinstance(plan, NetworkPlan)
    assert plan.learning_rate == 0.005
    assert plan.size.hidden_size == values["sizes"]["medium"]["hidden_size"]


def test_a_change_of_one_architecture_touches_its_plan_alone():
    before, after = resolve(check_params(SHIPPED)), resolve(check_params(changed("lstm.learning_rate", 0.5)))
    assert [name for name in before if before[name] != after[name]] == ["lstm"]


def test_the_networks_of_the_study_of_vectors_differ_in_budget_and_output_alone():
    plans = resolve(check_params(changed("studies", ["embeddings"])))
    plan, study = plans["embedding_study"], SHIPPED["embedding_study"]
    network = plans[study["architecture"]]
    untied = network.training.model_copy(update={"tie_output": False})
    budget = {name: study[name] for name in ("training_tokens", "validations")}
    size = network.size.model_copy(update=budget)
    assert network.training.tie_output
    assert network.size != size
    assert plan.network == network.model_copy(update={"training": untied, "size": size})
    assert (plan.valid_tokens, plan.test_tokens, plan.seeds) == (study["valid_tokens"], study["test_tokens"], 3)
    assert plan.shares == study["shares"]
    assert plan.learning_rate_scales == study["learning_rate_scales"]


def test_plans_survive_the_file(tmp_path):
    for name, plan in resolve(check_params(changed("model", "gru"))).items():
        path = tmp_path / f"{name}.json"
        path.write_text(plan.model_dump_json())
        assert read_plan(path, type(plan)) == plan
    assert read_selected(tmp_path / "lstm.json", NetworkPlan) is None
    assert read_selected(tmp_path / "gru.json", NetworkPlan).architecture == "gru"
    (tmp_path / "old.json").write_text('{"order": 5, "smoothing": "none"}')
    with pytest.raises(UserError, match="another version of the code"):
        read_plan(tmp_path / "old.json", type(resolve(check_params(SHIPPED))["ngram"]))


def test_a_broken_file_names_the_line(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("model: all\nsize: [small\ncorpus: x\n")
    with pytest.raises(UserError, match=r"params\.yaml: line \d is not YAML"):
        read_params(path)
    path.write_text("just text\n")
    with pytest.raises(UserError, match=r"params\.yaml"):
        read_params(path)
    with pytest.raises(UserError, match="corpus: found no name"):
        current_corpus(tmp_path)


def test_params_are_frozen():
    params: Params = check_params(SHIPPED)
    with pytest.raises(ValueError, match="frozen"):
        params.seed = 3


def test_the_identity_rnn_goes_with_the_plain_one():
    values = changed("model", "rnn") | {"studies": ["memory"]}
    plans = resolve(check_params(values))
    chosen = {name for name in MEMORY_NETWORKS if plans[memory_plan("copy", name)].selected}
    assert chosen == {"rnn", "irnn"}
    plan = plans[memory_plan("capacity", "irnn")]
    assert plan.hidden_sizes == SHIPPED["memory"]["capacity"]["hidden_sizes"]
    assert plan.items == SHIPPED["memory"]["capacity"]["items"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("gradients.jacobian.map_steps", 61, "map_steps: found 61, more than gradients.max_lag, 60"),
        ("memory.digits", [64, 100, 65], "memory.digits: found 65, which is no square number"),
        ("memory.capacity.items", [2, 4, 2], r"memory.capacity.items: found one twice in \[2, 4, 2\]"),
        ("clipping.radius.radii", [0.5, 0.5], "clipping.radius.radii: found one twice"),
        ("clipping.vanishing_radius", 2.0, "vanishing_radius, 2.0, must lie below exploding_radius, 1.05"),
        ("memory.training.seeds", 1, "memory.training.seeds: found 1"),
        ("memory.training.gate_bias", "open", "memory.training.gate_bias: found .open.; allowed: chrono, or a number"),
    ],
)
def test_settings_of_the_studies_on_gradients_are_checked(key, value, message):
    with pytest.raises(UserError, match=message):
        check_params(changed(key, value))
