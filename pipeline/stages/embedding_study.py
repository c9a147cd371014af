"""embedding_study: what learned vectors are worth to a network, on little text and on much."""

from pathlib import Path

from pipeline.layout import Layout
from pipeline.plans.embedding_study import EmbeddingStudyPlan
from pipeline.plans.network import NetworkPlan
from pipeline.plans.reading import mark_unselected, read_selected


def run(layout: Layout) -> dict[str, float]:
    """Writes validations.parquet and test.parquet: a row a share of train, use of the vectors, seed, and validation
    or unit of the bootstrap; and search.parquet: a row a share, use and learning rate that was tried."""
    plan = read_selected(layout.plan("embedding_study"), EmbeddingStudyPlan)
    folder = layout.study("embeddings")
    if plan is None:
        return mark_unselected(folder)
    # imported here, so that a study that is not asked for takes a second and not torch's five
    import shutil
    from dataclasses import replace

    import torch

    from pipeline.corpus.streams import load_corpus
    from pipeline.embeddings.checks import check_vectors
    from pipeline.io import read_tensors, write_table
    from pipeline.training.checkpoint import fingerprint, resume_folder
    from pipeline.training.input_study import USES, Measured, check_shares, experiment, kept, validated_and_tested
    from pipeline.training.runtime import prepare_runtime, use_bf16

    device = prepare_runtime(plan.network.runtime)
    bf16 = use_bf16(plan.network.runtime.precision, device)
    corpus, path = load_corpus(layout.corpus), layout.embeddings / "vectors.safetensors"
    held_out = {"valid": plan.valid_tokens, "test": plan.test_tokens}
    splits = corpus.splits | {name: corpus.splits[name].first_tokens(count) for name, count in held_out.items()}
    corpus = replace(corpus, splits=splits)
    train, vectors = corpus.splits["train"], read_tensors(path)["vectors"]
    check_shares(plan, train)
    check_vectors(vectors, len(corpus.vocabulary), str(path), plan.network.size.embedding_dim)
    package = layout.root / "pipeline"
    parts = ("corpus", "evaluation", "models", "training")  # what was scored is kept too
    code = [file for part in parts for file in sorted((package / part).rglob("*.py"))]
    of_study = {"shares", "seeds", "learning_rate_scales"}  # more of them leave what was trained as it is
    of_training = {"embeddings", "seed", "learning_rate"}  # which name its folder
    same = plan.model_dump_json(exclude=dict.fromkeys(of_study, True) | {"network": of_training})
    stamp = fingerprint(
        [Path(__file__), *code, *sorted(layout.corpus.glob("*.npy")), path],
        [same, torch.__version__, str(device), str(bf16), str(torch.get_num_threads())],
    )
    asked: list[Path] = []
    planned = len(plan.shares) * len(USES) * (len(plan.learning_rate_scales) + plan.seeds - 1)
    with resume_folder(layout.main_checkout / ".resume", f"embeddings-{stamp}") as resumed:

        def learn(share: float, network: NetworkPlan) -> Measured:
            asked.append(resumed / f"{network.embeddings}-{share!r}-{network.learning_rate!r}-{network.seed}")
            print(
                f"training {len(asked)} of {planned}, more where one diverges: embeddings.use {network.embeddings}, "
                f"{share:g} of train, learning rate {network.learning_rate:g}, seed {network.seed}",
                flush=True,
            )

            def trained(training: Path) -> Measured:
                return validated_and_tested(
                    network, corpus, train.first_lines(share), vectors, str(path), plan.block_lines, device, bf16,
                    training,
                )  # fmt: skip

            return kept(asked[-1], trained)

        sizes = {share: len(train.first_lines(share)) for share in plan.shares}
        for name, table in experiment(plan, learn).items():
            write_table(folder / f"{name}.parquet", table.assign(train_tokens=table["share"].map(sizes)))
        for place in asked:  # others are of a study with more seeds or rates that was interrupted
            shutil.rmtree(place, ignore_errors=True)
    return {}
