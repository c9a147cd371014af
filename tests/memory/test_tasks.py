import pytest
import torch
import torch.nn.functional as F

from pipeline.memory.digits import Images, digits, resized, small_images
from pipeline.memory.tasks import ALPHABET, FIRST_STEPS, TASKS, task


def drawn(problem, count=400, seed=0, split="train"):
    return problem.draw(split, count, torch.Generator().manual_seed(seed))


def test_the_sum_is_that_of_the_two_marked_numbers_of_the_first_steps():
    batch = drawn(task("adding", 20, 1))
    numbers, marks = batch.inputs[..., 0], batch.inputs[..., 1]
    assert batch.inputs.shape == (FIRST_STEPS + 20, 400, 2)
    assert (marks.sum(dim=0) == 2).all()
    assert marks[FIRST_STEPS:].sum() == 0
    assert torch.allclose((numbers * marks).sum(dim=0), batch.targets[0])
    assert marks.sum(dim=1)[:FIRST_STEPS].min() > 0  # every place is drawn


def test_the_order_is_that_of_the_two_symbols():
    batch = drawn(task("order", 20, 1))
    symbols = batch.inputs.argmax(dim=-1)
    for column in range(50):
        kinds = [int(symbol) - 4 for symbol in symbols[:, column] if symbol >= 4]
        assert batch.targets[0, column] == 2 * kinds[0] + kinds[1]
    assert (symbols[FIRST_STEPS:] < 4).all()
    assert set(batch.targets[0].tolist()) == {0, 1, 2, 3}


def test_the_copy_is_what_was_shown():
    batch = drawn(task("copy", 7, 3))
    symbols = batch.inputs.argmax(dim=-1)
    assert symbols.shape == (3 + 7 + 3, 400)
    assert (symbols[:3] == batch.targets).all()
    assert (symbols[3:10] == ALPHABET).all()
    assert (symbols[10:] == ALPHABET + 1).all()


@pytest.mark.parametrize("problem", [*(task(name, 20, 3) for name in TASKS), digits(small_images(), 64)])
def test_the_reach_is_from_the_first_input_to_the_first_answer(problem):
    batch = drawn(problem)
    assert problem.reach == len(batch.inputs) - len(batch.targets)


@pytest.mark.parametrize("name", TASKS)
def test_an_oracle_is_always_right_and_a_guess_as_often_as_chance(name):
    problem = task(name, 5, 2)
    batch = drawn(problem, 20_000)
    answers = (F.one_hot(batch.targets, problem.outputs) * 9.0) if problem.classes else batch.targets[..., None]
    assert problem.right(answers, batch.targets) == 1
    assert problem.loss(answers, batch.targets) < 0.01
    guess = torch.zeros_like(answers) + (0 if problem.classes else 1.0)
    assert problem.right(guess, batch.targets).item() == pytest.approx(problem.chance, abs=0.02)


def test_digits_are_the_same_images_at_every_length_and_no_split_shares_one():
    small, large = digits(small_images(), 64), digits(small_images(), 256)
    assert drawn(small, 9, split="test").targets.tolist() == drawn(large, 9, split="test").targets.tolist()
    assert drawn(small, 9).inputs.shape == (64, 9, 1)
    assert drawn(large, 9).inputs.shape == (256, 9, 1)
    splits = {split: drawn(small, 2000, split=split).inputs for split in ("train", "valid", "test")}
    assert sum(images.shape[1] for images in splits.values()) == 1797
    images = torch.cat([images[..., 0].T for images in splits.values()])
    assert len(torch.unique(images, dim=0)) == 1797


def test_images_shrink_by_means_over_areas_and_grow_in_between():
    images = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(resized(images, 28), images)
    assert torch.allclose(resized(images, 14), images.unflatten(2, (14, 2)).unflatten(1, (14, 2)).mean(dim=(2, 4)))
    assert torch.allclose(resized(images, 8).mean(dim=(1, 2)), images.mean(dim=(1, 2)), atol=0.02)
    large = resized(images, 56)
    assert large.shape == (5, 56, 56)
    assert (large.amax(dim=(1, 2)) <= images.amax(dim=(1, 2)) + 1e-6).all()
    rows = torch.arange(3)
    task_of = digits(Images(torch.full((3, 4, 4), 7), rows, 14, {"train": rows, "valid": rows, "test": rows}), 16)
    assert drawn(task_of, 3).inputs.unique().tolist() == [0.5]
