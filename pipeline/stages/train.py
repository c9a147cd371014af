"""train: one network of the matrix rnn, gru, lstm; an architecture that `model` leaves out writes a marker.

`torchrun … -m pipeline train lstm` trains it on several ranks, of which the first reads checkpoints and writes.
"""

from contextlib import ExitStack

from pipeline.layout import Layout
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout, architecture: str) -> dict[str, float]:
    plan = read_selected(layout.plan(architecture), NetworkPlan)
    if plan is None:
        return mark_unselected(layout.network(architecture))
    return _train(layout, plan)


def _train(layout: Layout, plan: NetworkPlan) -> dict[str, float]:
    # imported here, so that an unselected architecture takes a second and not torch's five
    import time

    import pandas as pd
    import torch

    from pipeline.corpus.streams import load_corpus
    from pipeline.io import read_tensors, write_json, write_table
    from pipeline.models.neural import save_weights
    from pipeline.training.build import build_network
    from pipeline.training.checkpoint import FILE as CHECKPOINT
    from pipeline.training.checkpoint import fingerprint, resume_folder
    from pipeline.training.loop import train
    from pipeline.training.memory import check_cost, check_cutoffs, machine_memory, training_cost
    from pipeline.training.ranks import join_ranks
    from pipeline.training.runtime import prepare_runtime, use_bf16

    device = prepare_runtime(plan.runtime)
    corpus = load_corpus(layout.corpus)
    tokens, valid = corpus.splits["train"].tokens, corpus.splits["valid"].tokens
    tied = plan.training.tie_output and plan.embeddings != "frozen"  # a tied output would be frozen too
    check_cutoffs(plan.training.clusters, len(corpus.vocabulary))
    cost = training_cost(plan.architecture, len(corpus.vocabulary), plan.size, tied, plan.training.clusters)
    check_cost(
        cost,
        torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else machine_memory(),
    )
    package = layout.root / "pipeline"
    code = [path for part in ("models", "training") for path in sorted((package / part).rglob("*.py"))]
    path = layout.embeddings / "vectors.safetensors"
    data = [*sorted(layout.corpus.glob("*.npy")), path]
    with ExitStack() as resumable:
        with join_ranks(device) as ranks:
            if ranks.first:
                print(cost, flush=True)
            vectors = None if plan.embeddings == "none" else read_tensors(path)["vectors"]
            network = build_network(plan, len(corpus.vocabulary), vectors, str(path))
            words = [plan.model_dump_json(), torch.__version__, str(device), str(torch.get_num_threads())]
            words += [str(ranks.size)] if ranks.size > 1 else []  # sums over ranks are rounded otherwise
            root, name = layout.main_checkout / ".resume", f"{plan.architecture}-{fingerprint([*code, *data], words)}"
            folder = resumable.enter_context(resume_folder(root, name)) if ranks.first else root / name
            start = time.perf_counter()
            bf16 = use_bf16(plan.runtime.precision, device)
            trained = train(network, plan, tokens, valid, device, bf16, folder, ranks)
            seconds = time.perf_counter() - start
        target = layout.network(plan.architecture)  # the other ranks have ended
        write_json(target / "shape.json", network.shape.as_dict())
        for when in ("before", "halfway", "best"):
            save_weights(target, when, getattr(trained, when))
        write_table(target / "steps.csv", pd.DataFrame(trained.history.steps))
        write_table(target / "validations.csv", pd.DataFrame(trained.history.validations))
        (folder / CHECKPOINT).unlink(missing_ok=True)
    return {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "tokens_per_second": trained.tokens_read / seconds,
    }
