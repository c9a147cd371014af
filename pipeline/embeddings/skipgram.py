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


def skipgram_gradient(inputs: Tensor, outputs: Tensor, batch: Batch, negatives: int, with_loss: bool) -> Update:
    """The gradient of J summed over all pairs of a batch; one prediction a pair."""
    v, u, noise = rows_of(inputs, batch.centres), rows_of(outputs, batch.words), rows_of(outputs, batch.noise)
    pairs = batch.mask.sum(-1, keepdim=True)
    weight = pairs * (negatives / batch.noise.shape[1])
    seen, unseen = torch.bmm(v, u.mT), torch.bmm(v, noise.mT)
    loss = None
    if with_loss:
        loss = (batch.mask * softplus(-seen)).sum(dtype=torch.float64)
        loss += (weight * softplus(unseen)).sum(dtype=torch.float64)
    seen.sigmoid_().sub_(1).mul_(batch.mask)
    unseen.sigmoid_().mul_(weight)
    dv = torch.baddbmm(torch.bmm(seen, u), unseen, noise)
    du, dn = torch.bmm(seen.mT, v), torch.bmm(unseen.mT, v)
    return Update([(batch.centres, dv)], [(batch.words, du), (batch.noise, dn)], loss, pairs.sum())
