"""Every smoothing by its name, over the same counts and behind the same interface."""

from typing import Literal, get_args

from pipeline.errors import UserError
from pipeline.ngram.add_k import add_k_levels
from pipeline.ngram.count_model import CountModel
from pipeline.ngram.counts import NgramCounts, check_order
from pipeline.ngram.kneser_ney import discounts, kneser_ney_levels, single_discount
from pipeline.ngram.level import check_counts
from pipeline.ngram.maximum_likelihood import maximum_likelihood_levels
from pipeline.ngram.model import NgramModel, model_name
from pipeline.ngram.stupid_backoff import stupid_backoff_model
from pipeline.ngram.trie import trie_of
from pipeline.ngram.witten_bell import witten_bell_levels

Smoothing = Literal["modified_kneser_ney", "kneser_ney", "witten_bell", "stupid_backoff", "add_k", "maximum_likelihood"]
SMOOTHINGS: tuple[Smoothing, ...] = get_args(Smoothing)


def smoothed(counts: NgramCounts, method: Smoothing, order: int, *, k: float, alpha: float) -> CountModel:
    """The model of `order` with one smoothing, such as `5gram` (modified Kneser-Ney) or `5gram-witten_bell`.

    `k` is what add-k adds to each count, `alpha` the factor of stupid backoff; the others have no parameters.
    All distributions sum to one. With `maximum_likelihood` and `stupid_backoff` a token can be impossible, −inf nats.
    Raises `UserError` for a method that is none of `SMOOTHINGS`, for an order that was not counted or that no line
    reaches, and for `k` or `alpha` out of range.
    """
    check_order(order)
    check_counts(counts, order)
    name = smoothed_name(method, order)
    match method:
        case "modified_kneser_ney":
            levels = kneser_ney_levels(counts, order, discounts)
        case "kneser_ney":
            levels = kneser_ney_levels(counts, order, single_discount)
        case "witten_bell":
            levels = witten_bell_levels(counts, order)
        case "stupid_backoff":
            return stupid_backoff_model(name, counts, order, alpha)
        case "add_k":
            levels = add_k_levels(counts, order, k)
        case "maximum_likelihood":
            levels = maximum_likelihood_levels(counts, order)
        case _:
            raise UserError(f"The smoothing is {method!r}; allowed: {', '.join(SMOOTHINGS)}.")
    return NgramModel(name, trie_of(counts, order), levels)


def smoothed_name(method: Smoothing, order: int) -> str:
    """5gram with modified Kneser-Ney, with another smoothing 5gram-witten_bell, …"""
    return model_name(order) if method == "modified_kneser_ney" else f"{model_name(order)}-{method}"
