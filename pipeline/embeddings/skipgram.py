"""Skip-gram with negative sampling (Mikolov et al. 2013a, 2013b).

For a centre word c, a word o within its window and noise words n drawn from P(n) ∝ count(n)^noise_power,

    J = -log σ(u_o · v_c) - Σ_n log σ(-u_n · v_c)                     (Mikolov et al. 2013b, equation 4)

with input vectors v, output vectors u. The gradient of a score s is σ(s) - 1 for a word that was seen and σ(s) for
noise.
"""

import torch
from torch import Tensor
from torch.nn.functional import softplus

from pipeline.embeddings.negative_sampling import Batch, Update, rows_of


def skipgram_gradient(inputs: Tensor, outputs: Tensor, batch: Batch, with_loss: bool, bf16: bool = False) -> Update:
    """The gradient of J summed over all pairs of a batch; one prediction a pair.

    Words that were seen and noise words stand in one matrix: one product gives all scores, two more all gradients. With
    `bf16` they are taken in bfloat16, of rounded vectors and with rounded results; the sigmoid and its weights are not.
    """
    kind = torch.bfloat16 if bf16 else inputs.dtype
    v, u = rows_of(inputs, batch.centres).to(kind), rows_of(outputs, batch.rows).to(kind)
    scores = torch.bmm(v, u.mT).to(inputs.dtype)
    seen, loss = scores[:, :, : batch.seen], None
    if with_loss:
        # -log σ(s) = softplus(s) - s
        nats = (batch.weights * softplus(scores)).sum(dtype=torch.float64)
        loss = nats - (batch.mask * seen).sum(dtype=torch.float64), batch.mask.sum()
    scores.sigmoid_()
    seen.sub_(1)
    scores = scores.mul_(batch.weights).to(kind)
    return Update([(batch.centres, torch.bmm(scores, u))], [(batch.rows, torch.bmm(scores.mT, v))], loss)
