"""Where the words lie: the plane through the vectors that shows most of them, one that keeps neighbours together, and
the way from singular to plural."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pipeline.report.style import COLOURS, INK, canvas, styled

WORDS = 300
FEWEST = 20
LABELS = 14
CLASSES = {"noun": COLOURS["lstm"], "verb": COLOURS["rnn"], "adjective": COLOURS["gru"],
           "adverb": "#cc79a7", "name": "#e69f00"}  # fmt: skip
"""Parts of speech in Okabe and Ito's colours."""
GAP = 0.085
LABEL_WIDTH = 0.34
"""The least distance between two labels up and down, and sideways, as shares of a panel's sides."""


def vector_map(
    vectors: NDArray[np.float32], types: Sequence[str], probes: pd.DataFrame, counts: NDArray[np.int64], seed: int
) -> pd.DataFrame:
    """word, class, and places (pca_x, pca_y, tsne_x, tsne_y) of the commonest words of the lexicon; empty where few.

    Principal components; t-SNE (van der Maaten and Hinton 2008) from them, of the exact kind, on vectors at length one.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    told = probes[probes["task"] == "part of speech"].drop_duplicates("word")
    told = told.iloc[np.argsort(-counts[told["word"]], kind="stable")][:WORDS]
    if len(told) < FEWEST:
        return pd.DataFrame()
    chosen = vectors[told["word"]]
    unit = chosen / np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-12)
    plane = PCA(2, svd_solver="full").fit_transform(unit)
    near = TSNE(2, perplexity=min(30.0, (len(unit) - 1) / 4), init="pca", method="exact", random_state=seed)
    placed = near.fit_transform(unit)
    return pd.DataFrame(
        {"word": [types[word] for word in told["word"]], "class": told["label"].to_numpy(),
         "pca_x": plane[:, 0], "pca_y": plane[:, 1], "tsne_x": placed[:, 0], "tsne_y": placed[:, 1]}
    )  # fmt: skip


def number_direction(
    vectors: NDArray[np.float32], ids: Mapping[str, int], counts: NDArray[np.int64], pairs: Sequence[tuple[str, str]],
    min_count: int,
) -> pd.DataFrame:  # fmt: skip
    """The way from each singular to its plural, seen along the mean of all ways (x) and along what varies most besides.

    `cosine`: of each way with the mean of the others: at zero there is no number direction.
    """
    known = [(a, b) for a, b in pairs if a in ids and b in ids and min(counts[ids[a]], counts[ids[b]]) >= min_count]
    if len(known) < 3:
        return pd.DataFrame()
    ends = np.array([[vectors[ids[word]] for word in pair] for pair in known], dtype=np.float64)
    ends /= np.maximum(np.linalg.norm(ends, axis=2, keepdims=True), 1e-12)
    ways = ends[:, 1] - ends[:, 0]
    mean = ways.mean(axis=0)
    direction = mean / max(np.linalg.norm(mean), 1e-12)
    besides = ends.reshape(-1, ends.shape[2])
    besides = besides - besides.mean(axis=0) - np.outer((besides - besides.mean(axis=0)) @ direction, direction)
    across = np.linalg.svd(besides, full_matrices=False)[2][0]
    others = (ways.sum(axis=0) - ways) / (len(ways) - 1)
    lengths = np.linalg.norm(ways, axis=1) * np.linalg.norm(others, axis=1)
    cosines = (ways * others).sum(axis=1) / np.maximum(lengths, 1e-12)
    return pd.DataFrame(
        {"singular": [a for a, _ in known], "plural": [b for _, b in known],
         "singular_x": ends[:, 0] @ direction, "singular_y": ends[:, 0] @ across,
         "plural_x": ends[:, 1] @ direction, "plural_y": ends[:, 1] @ across, "cosine": cosines}
    )  # fmt: skip


def map_figure(table: pd.DataFrame) -> Figure:
    """Principal components on the left, t-SNE on the right; a dot a word, some with their names."""
    with styled():
        figure, panels = canvas(4.0, columns=2, share=False)
        for ax, kind, title in zip(panels, ("pca", "tsne"), ("principal components", "t-SNE"), strict=True):
            x, y = (table[f"{kind}_{axis}"].to_numpy() for axis in "xy")
            for name, tint in CLASSES.items():
                own = (table["class"] == name).to_numpy()
                if own.any():
                    ax.plot(x[own], y[own], ".", color=tint, markersize=4, alpha=0.8, label=name)
            for place in labelled(x, y):
                ax.annotate(table["word"][place], (x[place], y[place]), (3, 2), textcoords="offset points",
                            fontsize=7.5, color=INK)  # fmt: skip
            ax.set_xticks([])
            ax.set_yticks([])
            ax.margins(0.12)
            ax.set_title(title)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False,
                      fontsize=8.5, handletextpad=0.1, columnspacing=0.9)  # fmt: skip
        return figure


def labelled(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    """Places of the first words whose names do not touch those of words before them."""
    spread_x, spread_y = max(float(np.ptp(x)), 1e-12), max(float(np.ptp(y)), 1e-12)
    chosen: list[int] = []
    for place in range(len(x)):
        clear = all(
            abs(x[place] - x[other]) / spread_x > LABEL_WIDTH or abs(y[place] - y[other]) / spread_y > GAP
            for other in chosen
        )
        if clear:
            chosen.append(place)
        if len(chosen) == LABELS:
            break
    return chosen


def number_figure(table: pd.DataFrame) -> Figure:
    """An arrow a noun, from its singular to its plural."""
    with styled():
        figure, (ax,) = canvas(3.2)
        x, y = table["singular_x"].to_numpy(), table["singular_y"].to_numpy()
        ends = np.concatenate([x, table["plural_x"]]), np.concatenate([y, table["plural_y"]])
        for row in table.itertuples():
            ax.annotate("", (row.plural_x, row.plural_y), (row.singular_x, row.singular_y),
                        arrowprops={"arrowstyle": "->", "linewidth": 1.0, "color": COLOURS["lstm"], "alpha": 0.75,
                                    "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        ax.plot(*ends, linestyle="none")  # so that the axes reach around the arrows
        for place in labelled(table["plural_x"].to_numpy(), table["plural_y"].to_numpy()):
            name, *end = table[["plural", "plural_x", "plural_y"]].iloc[place]
            ax.annotate(str(name), (float(end[0]), float(end[1])), (3, 0), textcoords="offset points",
                        fontsize=8, va="center", color=INK)  # fmt: skip
        ax.margins(0.12)
        ax.set_xlabel("along the mean way from singular to plural")
        ax.set_ylabel("along what varies most besides")
        return figure
