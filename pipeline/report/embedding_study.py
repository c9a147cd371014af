"""The study of the networks' input: tables over seeds, findings, and what they come to in a sentence."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from pipeline.report.figures import plain_log_ticks
from pipeline.report.findings import PERCENT, Finding, capital
from pipeline.report.names import with_article
from pipeline.report.resampling import Floats
from pipeline.report.seeds import over_seeds, seed_finding
from pipeline.report.style import COLOURS, canvas, styled

USES = {"none": "random vectors", "frozen": "learned vectors, kept", "finetune": "learned vectors, trained on"}
TINTS = {"none": "#7f7f7f", "frozen": "#e69f00", "finetune": COLOURS["lstm"]}
BEGINS = {"frozen": "that keeps learned vectors", "finetune": "that begins from learned vectors"}
HELPS = {
    "holds": "lower the perplexity",
    "fails": "raise the perplexity",
    "undecided": "make no difference that these seeds can tell",
}
COMPARED = {
    "holds": "they do more for it with the least text than with the most",
    "fails": "they do less for it with the least text than with the most",
    "undecided": "whether they do more for it with little text than with much, these seeds cannot tell",
}


def study_table(test: pd.DataFrame) -> pd.DataFrame:
    """Test perplexity by tokens of train and use of the vectors, with its interval over seeds."""
    rows, rates = [], test.groupby(["train_tokens", "use"])["learning_rate"].first()
    for (tokens, use), nats in _by_seed(test).items():
        own = {"learning_rate": rates[tokens, use], "seeds": len(nats), **_perplexity(nats)}
        rows.append({"train_tokens": tokens, "use": use} | own)
    return pd.DataFrame(rows)


def search_table(search: pd.DataFrame) -> pd.DataFrame:
    """Best valid perplexity of the first seed by tokens of train, use and rate; infinite where any seed diverged."""
    return search.assign(perplexity=np.exp(search["nats"]))[["train_tokens", "use", "learning_rate", "perplexity"]]


def at_the_edge(test: pd.DataFrame, search: pd.DataFrame) -> str:
    """Which cases were trained at the smallest or the largest rate of several that were tried; empty where none was."""
    rates = sorted(search["learning_rate"].unique())
    chosen = test.groupby(["train_tokens", "use"])["learning_rate"].first()
    ends = {"smallest": rates[0], "largest": rates[-1]} if len(rates) > 1 else {}
    said = [f"the {name} in {found}" for name, rate in ends.items() if (found := int((chosen == rate).sum()))]
    if not said:
        return ""
    return f"It was {' and '.join(said)} of {len(chosen)} cases, where one beyond might have served better still."


def curve_table(validations: pd.DataFrame) -> pd.DataFrame:
    """Valid perplexity by tokens of train, use and tokens read, with its interval over seeds.

    Validations are matched by their number, since segments of random lengths end elsewhere for each seed; tokens are
    their mean. A curve ends with the training that ends first.
    """
    rows, seeds = [], validations["seed"].nunique()
    numbers = validations.groupby(["train_tokens", "use", "seed"]).cumcount()
    for (train, use, _), group in validations.groupby(["train_tokens", "use", numbers]):
        if len(group) == seeds:
            nats = group.sort_values("seed")["nats"].to_numpy(dtype=float)
            read = round(group["tokens"].mean())
            rows.append({"train_tokens": train, "use": use, "tokens": read, **_perplexity(nats)})
    return pd.DataFrame(rows)


def _perplexity(nats: Floats) -> dict[str, float]:
    """From nats a token (S,), one a seed: the geometric mean, with its interval over seeds."""
    found = over_seeds(nats)
    values = {"perplexity": found.value, "low": found.low, "high": found.high}
    return {name: float(np.exp(value)) for name, value in values.items()}


def tokens_read(validations: pd.DataFrame) -> dict[int, int]:
    """By tokens of train, how many a training read at most: it may read a part more than once, or a long one not to its
    end. The last segment of an epoch is short, so that trainings of a small part read a little less."""
    most = validations.groupby("train_tokens")["tokens"].max()
    return dict(zip(most.index.tolist(), most.tolist(), strict=True))


def study_findings(test: pd.DataFrame, architecture: str, read: Mapping[int, int]) -> list[Finding]:
    """Whether learned vectors help with each amount of text, and help more with the least than with the most.

    `read`: as `tokens_read` gives it. Trainings of one seed are compared with each other; intervals are over seeds.
    """
    found = []
    for use, begins in BEGINS.items():
        gains = _gains(test, use)
        who = f"{with_article(architecture)} {begins}"
        for tokens, differences in gains.items():
            claim = f"{_reading(tokens, read[tokens])} {who} has a lower perplexity than one with random ones."
            found.append(_claimed(claim, use, differences))
        if len(gains) > 1:
            claim = f"{capital(who)} gains more from the first {min(gains):,} tokens of train than from {max(gains):,}."
            found.append(_claimed(claim, use, gains[min(gains)] - gains[max(gains)]))
    return found


def _reading(tokens: int, read: int) -> str:
    return f"With at most {read:,} tokens read from the first {tokens:,} of train"


def conclusion(test: pd.DataFrame, read: Mapping[int, int]) -> str:
    """When learned vectors help and when not, in a sentence for each way to use them, from the verdicts."""
    sentences = []
    for use, words in (("finetune", "Learned vectors that training goes on to change"), ("frozen", "Kept as they are")):
        parts, gains = [], _gains(test, use)
        for tokens, differences in gains.items():
            item = _claimed("", use, differences)
            reading = _reading(tokens, read[tokens])
            parts.append(f"{reading[0].lower()}{reading[1:]} they {HELPS[item.verdict]} ({item.value})")
        if len(gains) > 1:
            item = _claimed("", use, gains[min(gains)] - gains[max(gains)])
            parts.append(f"{COMPARED[item.verdict]} ({item.value})")
        sentences.append(f"{words}: {'; '.join(parts)}.")
    return " ".join(sentences)


def _gains(test: pd.DataFrame, use: str) -> dict[int, Floats]:
    """Log perplexity with learned vectors less that with random ones (S,), by tokens of train."""
    nats = _by_seed(test)
    return {tokens: nats[tokens, use] - nats[tokens, "none"] for tokens in sorted({tokens for tokens, _ in nats})}


def _claimed(claim: str, use: str, differences: Floats) -> Finding:
    return seed_finding("embeddings", claim, (use, "none"), "log perplexity", differences, "below", PERCENT)


def _by_seed(test: pd.DataFrame) -> dict[tuple[int, str], Floats]:
    """Nats a token of test (S,), a seed after the other, by tokens of train and use."""
    sums = test.groupby(["train_tokens", "use", "seed"])[["nats", "tokens"]].sum().reset_index()
    sums = sums.assign(mean=sums["nats"] / sums["tokens"]).sort_values("seed", kind="stable")
    sizes = sorted(sums["train_tokens"].unique())
    return {
        (int(tokens), use): sums[(sums["train_tokens"] == tokens) & (sums["use"] == use)]["mean"].to_numpy(dtype=float)
        for tokens in sizes
        for use in USES
    }


def study_figure(curves: pd.DataFrame, final: pd.DataFrame) -> Figure:
    """Valid perplexity by tokens read, a panel an amount of text, with bands; test perplexity as bars on the right."""
    sizes = sorted(final["train_tokens"].unique())
    with styled():
        figure, axes = canvas(3.2, columns=len(sizes), share=False)
        for ax, size in zip(axes, sizes, strict=True):
            last = float(curves["tokens"].max())
            for step, (use, words) in enumerate(USES.items()):
                own = curves[(curves["train_tokens"] == size) & (curves["use"] == use)].sort_values("tokens")
                ax.fill_between(own["tokens"], own["low"], own["high"], color=TINTS[use], alpha=0.16, linewidth=0)
                ax.plot(own["tokens"], own["perplexity"], color=TINTS[use], marker="o", markersize=3, label=words)
                [test] = final[(final["train_tokens"] == size) & (final["use"] == use)].itertuples()
                x = last * (1.1 + 0.06 * step)
                ax.vlines(x, test.low, test.high, color=TINTS[use], linewidth=1.4)
                ax.plot(x, test.perplexity, color=TINTS[use], marker="D", markersize=5)
            ax.axvline(last * 1.05, color="#7f7f7f", linewidth=0.6)
            ax.text(
                last * 1.16, 1.0, "test", transform=ax.get_xaxis_transform(), ha="center", va="bottom", fontsize=8.5
            )
            ax.set_yscale("log")
            plain_log_ticks(ax)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:,.0f}k"))
            ax.set_xticks([0, last / 2, last])
            ax.set_title(f"{size:,} tokens of train")
            ax.set_xlabel("tokens read")
        axes[0].set_ylabel("perplexity")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False,
                      fontsize=8.5, handlelength=1.2, columnspacing=1.0)  # fmt: skip
        return figure
