# Short names only: each line also runs by hand, with .venv/bin first in PATH.
SHELL := /bin/bash
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install repro test check bench-corpus bench-ngram bench-embeddings bench-train bench-train-gpu bench-agreement lock clean

help:  ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --requirement requirements.lock
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

install: .venv/installed  ## create .venv with the locked dependencies

repro: install  ## run the whole study: dvc repro
	dvc repro

test: install check  ## check style and types, then run all tests
	python -m pytest --numprocesses 2 --dist loadfile

check: install  ## ruff and mypy
	ruff check .
	ruff format --check .
	mypy

bench-ngram: install  ## n-grams beside KenLM, on CORPUS=folder or generated text
	python -m pip install --quiet --editable '.[bench]'
	python -m bench.ngram $(CORPUS)

bench-corpus: install  ## text to token streams beside wc -w and Hugging Face tokenizers, on generated text
	python -m bench.corpus

bench-agreement: install  ## the agreement probe on 100,000 pairs
	python -m bench.agreement

bench-embeddings: install  ## word vectors beside gensim, on CORPUS=folder or generated text
	python -m pip install --quiet --editable '.[bench]'
	python -m bench.embeddings $(CORPUS)

bench-train: install  ## training beside pytorch/examples' word_language_model, on CORPUS=folder or generated text
	python -m bench.train $(CORPUS)

bench-train-gpu: install  ## training beside cuDNN's bare layers, on a GPU; prints where its time goes
	python -m bench.train_gpu

lock: ## write requirements.lock anew from pyproject.toml
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet '.[test]' 'setuptools>=75'
	{ echo '# Written by `make lock`. torch is a range, so that a CPU wheel or a CUDA build fits; what a CUDA build'; \
	  echo '# brings of its own (nvidia-*, triton) is left to it.'; \
	  echo 'torch>=2.11,<2.14'; \
	  build/lock/bin/python -m pip freeze --all | grep -viE '^(torch|triton|nvidia-.*|cuda-.*|pip|pipeline)(=| |@)'; } > requirements.lock

clean: ## remove the environment and scratch files; keeps data, downloads, the DVC cache and reports
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
