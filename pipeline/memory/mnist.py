"""MNIST (LeCun, Cortes and Burges 1998): 70,000 handwritten digits of 28 × 28, downloaded or brought by hand.

The checksums are those of torchvision's loader. Valid is cut from the images for training; test is the published one.
"""

from pathlib import Path

import numpy as np
import torch

from pipeline.corpus.download import SECONDS_WITHOUT_A_BYTE, Unusable, check_file, fetch
from pipeline.corpus.known import Expected, Known, Mirror
from pipeline.errors import UserError
from pipeline.memory.digits import CLASSES, Images
from pipeline.memory.idx import read_idx

NAME = "mnist"
MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
PLACES = ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist")
MNIST = Known(
    {name: Expected(checksum=f"md5:{digits}") for name, digits in MD5.items()},
    tuple(Mirror({name: f"{place}/{name}" for name in MD5}) for place in PLACES),
)
VALID_SHARE = 1 / 12
"""Of the images for training: 5,000 of 60,000."""
BRIGHTEST = 255


def find_mnist(by_hand: Path, published: Known = MNIST) -> Path | None:
    """`by_hand` where its files are there and whole, None where none is.

    Raises UserError where some are missing or differ from the `published` ones, which results are compared with.
    """
    present = [name for name in published.expected if (by_hand / name).exists()]
    if not present:
        return None
    missing = [name for name in published.expected if name not in present]
    if missing:
        raise UserError(
            f"{by_hand} has {', '.join(present)}, but {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} "
            "missing. Put all four there, or remove the folder to have them downloaded."
        )
    for name, expected in published.expected.items():
        try:
            check_file(by_hand / name, expected)
        except Unusable as error:
            raise UserError(
                f"{by_hand}: {error}. It is damaged or not MNIST: bring it again, or remove the folder to have all "
                "files downloaded."
            ) from None
    return by_hand


def mnist_images(
    by_hand: Path, downloads: Path, published: Known = MNIST, patience: float = SECONDS_WITHOUT_A_BYTE
) -> Images:
    """From the files in `by_hand`, or else in `downloads`, brought there by the first run. Raises UserError."""
    folder = find_mnist(by_hand, published) or fetch(NAME, published, downloads, by_hand, patience)
    train, test = (_part(folder, part) for part in ("train", "t10k"))
    shuffled = np.random.default_rng(0).permutation(len(train[1]))
    valid = round(VALID_SHARE * len(shuffled))
    parts = {"train": shuffled[valid:], "valid": shuffled[:valid], "test": len(shuffled) + np.arange(len(test[1]))}
    return Images(
        pixels=torch.as_tensor(np.concatenate([train[0], test[0]])),
        classes=torch.as_tensor(np.concatenate([train[1], test[1]]).astype(np.int64)),
        brightest=BRIGHTEST,
        parts={split: torch.as_tensor(rows) for split, rows in parts.items()},
    )


def _part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, S, S) and classes (N,) of a part."""
    images, classes = folder / f"{part}-images-idx3-ubyte.gz", folder / f"{part}-labels-idx1-ubyte.gz"
    pixels, labels = read_idx(images), read_idx(classes)
    if pixels.ndim != 3 or pixels.shape[1] != pixels.shape[2]:
        raise UserError(f"{images} has numbers of shape {pixels.shape}, which are no square images.")
    if labels.shape != pixels.shape[:1]:
        raise UserError(f"{classes} has numbers of shape {labels.shape}, but there are {len(pixels):,} images.")
    if labels.size and labels.max() >= CLASSES:
        raise UserError(f"{classes} has a class {labels.max()}, but digits end with {CLASSES - 1}.")
    return pixels, labels
