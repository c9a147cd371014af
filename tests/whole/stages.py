"""What `dvc repro` runs."""

from pipeline.params.memory_tasks import MEMORY_NETWORKS, MEMORY_TASKS

STAGES = ["plan", "corpus", "ngram", "embeddings", "train@rnn", "train@gru", "train@lstm"]
STAGES += ["perplexity", "agreement", "gradients", "learning_curve", "report"]
ADAPTATION = ["adaptation@rnn", "adaptation@gru", "adaptation@lstm"]
INSIDE = ["inside@rnn", "inside@gru", "inside@lstm"]
MEMORY = [f"memory@{task}-{network}" for task in MEMORY_TASKS for network in MEMORY_NETWORKS]
STAGES += [*ADAPTATION, *INSIDE, "context", "drift", "embedding_study", "clipping", *MEMORY]
