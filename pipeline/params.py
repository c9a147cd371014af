"""The schema of params.yaml: what each number means, what it may be, and the plan it resolves to.

`read_params` checks the whole file; `resolve` merges size and architecture into one plan per stage and
per architecture. Stages read their plan and nothing else, so a change re-runs just what it touches.
"""

import codecs
import difflib
from collections.abc import Mapping
from math import isqrt
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import UserError
from pipeline.io import require

Architecture = Literal["rnn", "gru", "lstm"]
ARCHITECTURES: tuple[Architecture, ...] = ("rnn", "gru", "lstm")
Study = Literal["learning_curve", "embeddings", "adaptation", "context", "drift", "inside", "clipping", "memory"]
STUDIES: tuple[Study, ...] = (
    "learning_curve", "embeddings", "adaptation", "context", "drift", "inside", "clipping", "memory",
)  # fmt: skip
MemoryTask = Literal["adding", "copy", "order", "digits", "capacity"]
MEMORY_TASKS: tuple[MemoryTask, ...] = ("adding", "copy", "order", "digits", "capacity")
MemoryNetworkName = Literal["rnn", "irnn", "gru", "lstm"]
MEMORY_NETWORKS: tuple[MemoryNetworkName, ...] = ("rnn", "irnn", "gru", "lstm")
BUILTIN = "builtin"

Count = Annotated[int, Field(ge=1)]
Probability = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)  # Python's codecs that are none of text, such as base64, say so here
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f"found {name!r}, which Python does not know as one of text; such as utf-8, windows-1252, utf-16"
        ) from None


Encoding = Annotated[str, AfterValidator(_known_encoding)]
CorpusName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
SuiteName = CorpusName


class Strict(BaseModel):
    """Frozen; an unknown, missing or mistyped key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


# --- sections of params.yaml -----------------------------------------------------------------------


class Runtime(Strict):
    device: Literal["auto", "cpu", "cuda"]
    threads: Count
    precision: Literal["auto", "fp32", "bf16"]


class SentenceShape(Strict):
    """How often the built-in language's constructions are chosen where they can stand: probabilities."""

    plural: Probability
    past: Probability
    adjective: Probability
    adverb: Probability
    prepositional_phrase: Probability
    subject_relative: Probability
    object_relative: Probability
    relative_that: Probability
    complement: Probability
    complement_that: Probability
    copula: Probability
    verb_coordination: Probability
    noun_coordination: Probability
    parenthesis: Probability
    adjunct: Probability
    question: Probability


class SuiteShape(Strict):
    """What is more frequent in the sentences that agreement items are cut from; the rest is as in `SentenceShape`."""

    plural: Probability
    past: Probability
    prepositional_phrase: Probability
    subject_relative: Probability
    object_relative: Probability
    adverb: Probability
    verb_coordination: Probability
    parenthesis: Probability


class Language(Strict):
    """The built-in language; see pipeline/grammar."""

    train_tokens: Count
    valid_tokens: Count
    test_tokens: Count
    sentences_per_document: Annotated[float, Field(ge=1)]
    topics: Count
    topic_strength: Annotated[float, Field(ge=1)]
    zipf_exponent: Annotated[float, Field(ge=0)]
    shape: SentenceShape
    suite_sentences: Count
    suite_shape: SuiteShape


class Text(Strict):
    """How lines of text become tokens."""

    tokens: Literal["auto", "words", "characters", "bpe"]
    words: Literal["auto", "whitespace", "moses"]
    moses_language: Annotated[str, Field(pattern="^[a-z]{2,3}$")]
    lines: Literal["auto", "kept", "joined"]
    break_lines: Annotated[int, Field(ge=2)] | Literal["auto", "never"]
    encoding: Encoding
    bpe_types: Annotated[int, Field(ge=32)]
    blank_lines: Literal["keep", "drop"]
    min_count: Annotated[int, Field(ge=1)] | Literal["auto"]
    max_types: Annotated[int, Field(ge=3)]
    valid_share: Annotated[float, Field(gt=0, lt=0.5)]
    test_share: Annotated[float, Field(gt=0, lt=0.5)]


class Ngram(Strict):
    order: Annotated[int, Field(ge=1, le=7)]
    prune: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    engine: Annotated[str, Field(pattern=r"^(local|dask|(tcp|tls)://.+:[0-9]+)$")]
    workers: Count
    memory_mb: Annotated[int, Field(ge=16)]
    add_k: Positive
    backoff_factor: Annotated[float, Field(gt=0, le=1)]


class NegativeSampling(Strict):
    """What skip-gram and CBOW have each of their own."""

    learning_rate: Positive


class Svd(Strict):
    """What the factored counts have of their own."""

    shift: Annotated[float, Field(ge=1)]
    singular_power: Annotated[float, Field(ge=0, le=1)]
    iterations: Count


class VectorQuality(Strict):
    """What vectors are asked, and about which words."""

    min_count: Count
    words: Annotated[int, Field(ge=10)]
    neighbours: Count
    folds: Annotated[int, Field(ge=2)]
    inverse_penalty: Positive
    resamples: Annotated[int, Field(ge=100)]


class Embeddings(Strict):
    """Word vectors, and what the networks do with them (`use`)."""

    method: Literal["skipgram", "cbow", "svd"]
    use: Literal["finetune", "frozen", "none"]
    window: Count
    min_count: Count
    subsample: Positive
    noise_power: Annotated[float, Field(ge=0, le=1)]
    epochs: Count
    negatives: Count
    skipgram: NegativeSampling
    cbow: NegativeSampling
    svd: Svd
    quality: VectorQuality


class Dropout(Strict):
    """What is dropped in training, and how likely; see pipeline/models/dropout.py."""

    input: Probability
    between: Probability
    output: Probability
    embedding: Probability
    weights: Probability
    locked: bool


class Segments(Strict):
    """How long the segments of truncated backpropagation are; see pipeline/training/segments.py."""

    lengths: Literal["fixed", "random"]
    grow_from: Count
    grow_share: Annotated[float, Field(ge=0, le=1)]


class Optimiser(Strict):
    """See pipeline/training: optimisation.py, schedule.py, averaging.py."""

    method: Literal["adamw", "sgd"]
    weight_decay: Annotated[float, Field(ge=0)]
    schedule: Literal["cosine", "plateau", "constant"]
    plateau_factor: Annotated[float, Field(gt=0, lt=1)]
    average_after: Count | Literal["never"]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.average_after != "never" and (self.method, self.schedule) != ("sgd", "constant"):
            raise ValueError(
                f"average_after: found {self.average_after} with method {self.method} and schedule {self.schedule}; "
                "averaging stands in for a falling rate of sgd: set method: sgd and schedule: constant, or never"
            )
        return self


class Size(Strict):
    embedding_dim: Count
    hidden_size: Count
    num_layers: Annotated[int, Field(ge=1, le=4)]
    dropout: Dropout
    batch_size: Count
    bptt_len: Count
    segments: Segments
    training_tokens: Count
    validations: Count
    optimiser: Optimiser
    learning_rate_scale: Positive
    clip_norm_scale: Positive
    activation_penalty: Annotated[float, Field(ge=0)]
    change_penalty: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _segments_grow(self) -> Self:
        if self.segments.grow_share and self.segments.grow_from > self.bptt_len:
            raise ValueError(
                f"segments.grow_from: found {self.segments.grow_from}, but segments grow up to bptt_len "
                f"{self.bptt_len}; lower it, or set grow_share: 0.0"
            )
        return self


class Training(Strict):
    implementation: Literal["torch", "by_hand", "textbook"]
    tie_output: bool
    softmax: Literal["full", "adaptive"]
    cutoffs: Annotated[list[Count], Field(min_length=1)]
    recurrent_weights: Literal["orthogonal", "uniform", "identity"]
    input_weights: Literal["uniform", "xavier"]
    embedding_range: Positive
    forget_bias: float
    warmup_share: Probability
    final_learning_rate: Annotated[float, Field(ge=0, le=1)]
    fused_optimiser: bool
    patience: Count | Literal["never"]

    @property
    def clusters(self) -> tuple[int, ...]:
        """The cutoffs of the softmax; none for a full one."""
        return tuple(self.cutoffs) if self.softmax == "adaptive" else ()

    @model_validator(mode="after")
    def _cutoffs_rise(self) -> Self:
        if sorted(set(self.cutoffs)) != self.cutoffs:
            raise ValueError(f"cutoffs: found {self.cutoffs}; they must rise, such as [2000, 10000]")
        return self


class Recurrent(Strict):
    """What each architecture needs of its own."""

    learning_rate: Positive
    clip_norm: Positive


Mark = Literal["<eos>", "<unk>"]


class Perplexity(Strict):
    uncounted: list[Mark]
    resamples: Annotated[int, Field(ge=100)]
    block_lines: Count
    sample_words: Count
    temperatures: Annotated[list[Positive], Field(min_length=1)]


class Agreement(Strict):
    suites: list[SuiteName]
    items_per_cell: Count
    resamples: Annotated[int, Field(ge=100)]


class Jacobian(Strict):
    """How far one state moves with an earlier one."""

    positions: Count
    lags: Annotated[int, Field(ge=2)]
    exact_size: Annotated[int, Field(ge=0)]
    iterations: Count
    map_steps: Annotated[int, Field(ge=2)]


class Gradients(Strict):
    max_lag: Annotated[int, Field(ge=2)]
    positions: Count
    jacobian: Jacobian


class LearningCurve(Strict):
    """Count models fitted on a growing part of train."""

    smallest_share: Annotated[float, Field(gt=0, le=1)]


class EmbeddingStudy(Strict):
    """Networks that begin from learned vectors, keep them, or do without, on little text and on much."""

    architecture: Architecture
    shares: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=2)]
    training_tokens: Count


class DynamicEvaluation(Strict):
    """What the settings of dynamic evaluation are chosen from: every decay with every learning rate of both rules."""

    segment: Count
    sgd_learning_rates: list[Positive]
    rms_learning_rates: list[Positive]
    decays: Annotated[list[Probability], Field(min_length=1)]
    epsilon: Positive
    rms_batches: Count


class ContinuousCache(Strict):
    """What the settings of the cache are chosen from: every combination."""

    windows: Annotated[list[Count], Field(min_length=1)]
    thetas: Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=1)]
    weights: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=1)]


class Adaptation(Strict):
    """Networks that go on learning from the text they are scored on, and that remember what they have just read."""

    valid_tokens: Count
    test_tokens: Count | Literal["all"]
    dynamic: DynamicEvaluation
    cache: ContinuousCache


class Context(Strict):
    """How much of the context each model uses."""

    positions: Count
    length: Annotated[int, Field(ge=2)]
    kept: Annotated[list[Count], Field(min_length=1)]


class Drift(Strict):
    """How text that a model goes on with by itself fares."""

    texts: Annotated[int, Field(ge=2)]
    prompt: Count
    length: Annotated[int, Field(ge=2)]
    temperatures: Annotated[list[Positive], Field(min_length=1)]


class Inside(Strict):
    """Where a network keeps the number of a subject: classifiers on its state, units silenced."""

    items: Annotated[int, Field(ge=2)]
    folds: Annotated[int, Field(ge=2)]
    inverse_penalty: Positive
    units: Count


class RadiusSweep(Strict):
    """Random networks by the spectral radius of their recurrent matrix."""

    hidden_size: Count
    steps: Annotated[int, Field(ge=4)]
    input_scale: Annotated[float, Field(ge=0)]
    radii: Annotated[list[Positive], Field(min_length=2)]
    seeds: Annotated[int, Field(ge=2)]


class Clipping(Strict):
    """A run that explodes and one that vanishes, each with and without clipping."""

    radius: RadiusSweep
    hidden_size: Count
    lag: Count
    steps: Annotated[int, Field(ge=10)]
    batch_size: Count
    learning_rate: Positive
    clip_norm: Positive
    exploding_radius: Positive
    vanishing_radius: Positive
    seeds: Annotated[int, Field(ge=2)]


class MemoryTraining(Strict):
    """How every network of the memory tasks is trained."""

    batch_size: Count
    steps: Count
    check_every: Count
    solved: Annotated[float, Field(gt=0, le=1)]
    clip_norm: Positive
    forget_bias: float
    learning_rates: Annotated[list[Positive], Field(min_length=1)]
    search_steps: Count
    seeds: Annotated[int, Field(ge=2)]


Lengths = Annotated[list[Count], Field(min_length=1)]


class Capacity(Strict):
    """How many items each network copies by the size of its state."""

    hidden_sizes: Annotated[list[Count], Field(min_length=2)]
    items: Lengths
    lag: Count


class Memory(Strict):
    """Tasks in which distance is the only variable."""

    hidden_size: Count
    copy_items: Count
    adding: Lengths
    copying: Lengths
    order: Lengths
    digits: Lengths
    capacity: Capacity
    training: MemoryTraining


class Report(Strict):
    excerpts: bool


class Params(Strict):
    """params.yaml, whole."""

    model: Literal["all"] | Architecture | Annotated[list[Architecture], Field(min_length=1)]
    corpus: CorpusName
    size: str
    studies: Literal["none", "all"] | Study | Annotated[list[Study], Field(min_length=1)]
    seed: Seed
    runtime: Runtime
    language: Language
    text: Text
    ngram: Ngram
    embeddings: Embeddings
    sizes: dict[str, Size]
    training: Training
    rnn: Recurrent
    gru: Recurrent
    lstm: Recurrent
    perplexity: Perplexity
    agreement: Agreement
    gradients: Gradients
    learning_curve: LearningCurve
    embedding_study: EmbeddingStudy
    adaptation: Adaptation
    context: Context
    drift: Drift
    inside: Inside
    clipping: Clipping
    memory: Memory
    report: Report

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if self.size not in self.sizes:
            raise ValueError(f"size: found {self.size!r}, which is not in sizes; allowed: {', '.join(self.sizes)}")
        if self.corpus in ("raw", "suites", "metrics.json"):
            raise ValueError(f"corpus: found {self.corpus!r}, a name that is taken; call the text something else")
        if self.corpus == BUILTIN and (self.text.min_count not in ("auto", 1, 2) or self.text.max_types < 10_000):
            raise ValueError(
                "text: on the built-in corpus min_count must be auto, 1 or 2 and max_types 10000 or more; its floor is "
                "summed over every word that <unk> could be, which takes too long where many could"
            )
        as_it_is = {"tokens": "words", "words": "whitespace", "lines": "kept", "break_lines": "never"}
        if self.corpus == BUILTIN and any(
            getattr(self.text, key) not in ("auto", value) for key, value in as_it_is.items()
        ):
            raise ValueError(
                "text: the built-in corpus is a text of words and lines, and its floor one of words; tokens, words, "
                "lines and break_lines must be auto there"
            )
        if self.training.softmax == "adaptive" and self.training.tie_output and self.embeddings.use != "frozen":
            raise ValueError(
                "training: found softmax: adaptive with tie_output: true; the embedding cannot be the matrix of an "
                "adaptive softmax, whose rare types have fewer dimensions. Set tie_output: false, or softmax: full"
            )
        clusters, hidden = len(self.training.clusters), self.sizes[self.size].hidden_size
        if hidden < 4**clusters:
            raise ValueError(
                f"training.cutoffs: found {clusters}, each of which quarters the {hidden} units of hidden_size until "
                "none is left; name fewer"
            )
        if len(set(self.agreement.suites)) < len(self.agreement.suites):
            raise ValueError(f"agreement.suites: {', '.join(self.agreement.suites)} names one twice; name each once")
        gradients = self.gradients
        if gradients.jacobian.map_steps > gradients.max_lag:
            raise ValueError(
                f"gradients.jacobian.map_steps: found {gradients.jacobian.map_steps}, more than gradients.max_lag, "
                f"{gradients.max_lag}; lower it, or raise that"
            )
        if self.text.valid_share + self.text.test_share >= 0.9:
            raise ValueError("text: valid_share and test_share leave less than a tenth for train; lower them")
        if not (self.adaptation.dynamic.sgd_learning_rates or self.adaptation.dynamic.rms_learning_rates):
            raise ValueError("adaptation.dynamic: sgd_learning_rates and rms_learning_rates are both empty; give one")
        if len(set(self.embedding_study.shares)) < len(self.embedding_study.shares):
            raise ValueError(
                f"embedding_study.shares: found one twice in {self.embedding_study.shares}; name each once"
            )
        if len(set(self.drift.temperatures)) < len(self.drift.temperatures):
            raise ValueError(f"drift.temperatures: found one twice in {self.drift.temperatures}; name each once")
        rooted = [length for length in self.memory.digits if isqrt(length) ** 2 != length or length < 4]
        if rooted:
            raise ValueError(
                f"memory.digits: found {rooted[0]}, which is no square number from 4, such as 64, 256, 784"
            )
        lists = {f"memory.{name}": getattr(self.memory, name) for name in ("adding", "copying", "order", "digits")}
        lists |= {f"memory.capacity.{name}": getattr(self.memory.capacity, name) for name in ("hidden_sizes", "items")}
        for name, values in (lists | {"clipping.radius.radii": self.clipping.radius.radii}).items():
            if len(set(values)) < len(values):
                raise ValueError(f"{name}: found one twice in {values}; name each once")
        if not self.clipping.vanishing_radius < self.clipping.exploding_radius:
            raise ValueError(
                f"clipping: vanishing_radius, {self.clipping.vanishing_radius}, must lie below exploding_radius, "
                f"{self.clipping.exploding_radius}"
            )
        if max(self.context.kept) >= self.context.length:
            raise ValueError(
                f"context.kept: found {max(self.context.kept)}, but the whole context has context.length "
                f"{self.context.length} words; keep fewer, or make it longer"
            )
        return self

    @property
    def models(self) -> tuple[Architecture, ...]:
        """The selected architectures, in the order in which they are always shown."""
        if self.model == "all":
            return ARCHITECTURES
        chosen = [self.model] if isinstance(self.model, str) else self.model
        return tuple(name for name in ARCHITECTURES if name in chosen)

    @property
    def selected_studies(self) -> tuple[Study, ...]:
        if self.studies == "all":
            return STUDIES
        chosen = [self.studies] if isinstance(self.studies, str) else self.studies
        return tuple(name for name in STUDIES if name in chosen)


# --- reading ---------------------------------------------------------------------------------------


def read_params(path: Path) -> Params:
    """The whole of params.yaml, checked. Raises UserError with every mistake in it, by dotted name."""
    return check_params(_read_yaml(path))


def check_params(values: Any) -> Params:
    try:
        return Params.model_validate(values)
    except ValidationError as error:
        mistakes = "\n".join(f"  {_explain(detail)}" for detail in _without_echoes(error.errors()))
        raise UserError(
            f"params.yaml:\n{mistakes}\n"
            "Nothing was computed. Correct it, or undo it with `git checkout HEAD params.yaml`."
        ) from None


def current_corpus(root: Path) -> str:
    """The corpus that params.yaml names; its plan has been checked by the plan stage."""
    values = _read_yaml(root / "params.yaml")
    name = values.get("corpus") if isinstance(values, dict) else None
    if not isinstance(name, str):
        raise UserError("params.yaml: corpus: found no name there; set `corpus: builtin` or the name of your text")
    return name


def _read_yaml(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return YAML(typ="safe").load(require(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise UserError(f"{path}: line {line} is not YAML: {error.problem}. Correct it there.") from None


def _without_echoes(details: list[Any]) -> list[Any]:
    """A union reports one error per member; keep the last of each key, which names what is allowed."""
    return list({_dotted(detail["loc"]): detail for detail in details}.values())


def _dotted(location: tuple[Any, ...]) -> str:
    union_members = ("literal[", "list[", "constrained-", "function-", "int", "float")
    return ".".join(str(part) for part in location if not str(part).startswith(union_members))


def _explain(detail: Mapping[str, Any]) -> str:
    name, kind = _dotted(detail["loc"]), detail["type"]
    if kind == "value_error":
        return f"{name}: {detail['ctx']['error']}" if name else str(detail["ctx"]["error"])
    if kind == "missing":
        return f"{name}: is missing; git's own copy of params.yaml has it"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name.split(".")[-1], _known_keys(), n=1)
        return f"{name}: is not a known key{f'; did you mean {near[0]}?' if near else '; remove it'}"
    if name == "model":
        return f"model: found {detail['input']!r}; allowed: all, rnn, gru, lstm, or a list such as [gru, lstm]"
    if name == "studies":
        return f"studies: found {detail['input']!r}; allowed: none, all, a name or a list of {', '.join(STUDIES)}"
    if name == "text.break_lines":
        return f"{name}: found {detail['input']!r}; allowed: auto, never, or a number from 2"
    if name == "text.min_count":
        return f"{name}: found {detail['input']!r}; allowed: auto, or a number from 1"
    if not name:
        return f"found {detail['input']!r} where the keys of the shipped file should be"
    if name == "training.patience" or name.endswith("optimiser.average_after"):
        return f"{name}: found {detail['input']!r}; allowed: never, or a number from 1"
    if name == "adaptation.test_tokens":
        return f"{name}: found {detail['input']!r}; allowed: all, or a number from 1"
    if name == "corpus":
        return f"corpus: found {detail['input']!r}; allowed: builtin, or the name of a text below data/raw"
    return f"{name}: found {detail['input']!r}; {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _known_keys() -> list[str]:
    sections = [field.annotation for field in Params.model_fields.values()]
    known: set[str] = set(Params.model_fields)
    nested = (Size, Dropout, Segments, Optimiser, SentenceShape, SuiteShape, DynamicEvaluation, ContinuousCache)
    for section in [*sections, *nested, Jacobian, RadiusSweep, Capacity, MemoryTraining]:
        if isinstance(section, type) and issubclass(section, Strict):
            known |= set(section.model_fields)
    return sorted(known)
