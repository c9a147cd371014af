"""What to change in params.yaml where a training cannot go on as it is."""

from pipeline.plans.network import NetworkPlan


def what_to_lower(plan: NetworkPlan) -> str:
    """Of a loss that grows without bound. The plan's values are the user's times a scale of the size."""
    own = {"learning_rate": plan.learning_rate, "clip_norm": plan.clip_norm}
    scales = {"learning_rate": plan.size.learning_rate_scale, "clip_norm": plan.size.clip_norm_scale}
    said = []
    for name, value in own.items():
        scale = scales[name]
        times = "" if scale == 1 else f", times {name}_scale {scale:g} of this size: {value:g}"
        said.append(f"{plan.architecture}.{name} (now {value / scale:g}{times})")
    return f"Lower {' or '.join(said)}."


def what_takes_memory(plan: NetworkPlan, types: int, bf16: bool, ranks: int) -> str:
    """The scores of one step, which of all that it holds follow most from the text, and what makes them fewer."""
    size, clusters = plan.size, plan.training.clusters
    scored = clusters[0] + len(clusters) if clusters else types  # of the rarer ones only those that a target is among
    one = 2 if bf16 and not clusters else 4
    megabytes = one * size.batch_size * size.bptt_len * scored / 2**20 / ranks
    return (
        f"The scores of one step alone, {size.bptt_len} tokens of {size.batch_size} streams over {scored:,} types"
        f"{' and clusters' if clusters else ''}, take {megabytes:,.0f} MB, and the whole step more. "
        f"Lower batch_size or bptt_len of this size in params.yaml, or "
        f"{'training.cutoffs' if clusters else 'text.max_types'}."
    )
