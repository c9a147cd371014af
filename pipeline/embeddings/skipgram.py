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


def skipgram_gradient(inputs: Tensor, outputs: Tensor, batch: Batch, with_loss: bool) -> Update:
    """The gradient of J summed over all pairs of a batch; one prediction a pair.

    Words that were seen and noise words stand in one matrix, the former first: one product gives all scores, two more
    all gradients.
    """
    rows = torch.cat([batch.words, batch.noise], dim=1)
    v, u = rows_of(inputs, batch.centres), rows_of(outputs, rows)
    scores = torch.bmm(v, u.mT)
    seen, loss = scores[:, :, : batch.words.shape[1]], None
    if with_loss:
        # -log σ(s) = softplus(s) - s
        nats = (batch.weights * softplus(scores)).sum(dtype=torch.float64)
        loss = nats - (batch.mask * seen).sum(dtype=torch.float64), batch.mask.sum()
    scores.sigmoid_()
    seen.sub_(1)
    scores.mul_(batch.weights)
    return Update([(batch.centres, torch.bmm(scores, u))], [(rows, torch.bmm(scores.mT, v))], loss)
