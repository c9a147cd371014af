"""Continuous bag of words with negative sampling (Mikolov et al. 2013a): the mean of a window predicts its centre.

With h the mean of the input vectors v of the context of a centre c, and noise words n,

    J = -log σ(u_c · h) - Σ_n log σ(-u_n · h)

Deviation: word2vec gives each of m context words the whole gradient of h, m times what its mean asks for; here it is
the m-th part, the gradient of J itself (İrsoy et al. 2021, who reach skip-gram's quality with it at a larger learning
rate).
"""

import torch
from torch import Tensor
from torch.nn.functional import softplus

from pipeline.embeddings.negative_sampling import Batch, Update, rows_of


def cbow_gradient(inputs: Tensor, outputs: Tensor, batch: Batch, with_loss: bool) -> Update:
    """The gradient of J summed over all centres of a batch that have a context; one prediction a centre."""
    sizes = batch.mask.sum(-1, keepdim=True)
    has_context = sizes.clamp(max=1)
    mean = batch.mask / sizes.clamp(min=1)
    h = torch.bmm(mean, rows_of(inputs, batch.words))
    u, noise = rows_of(outputs, batch.centres), rows_of(outputs, batch.noise)
    weight = batch.weights[:, :, batch.seen :] / sizes.clamp(min=1)  # one prediction, not one a pair
    seen, unseen = (h * u).sum(-1, keepdim=True), torch.bmm(h, noise.mT)
    loss = None
    if with_loss:
        nats = (has_context * softplus(-seen)).sum(dtype=torch.float64)
        loss = nats + (weight * softplus(unseen)).sum(dtype=torch.float64), has_context.sum()
    seen.sigmoid_().sub_(1).mul_(has_context)
    unseen.sigmoid_().mul_(weight)
    dh = torch.baddbmm(seen * u, unseen, noise)
    dv, du, dn = torch.bmm(mean.mT, dh), seen * h, torch.bmm(unseen.mT, h)
    return Update([(batch.words, dv)], [(batch.centres, du), (batch.noise, dn)], loss)
