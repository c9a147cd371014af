"""What bench.corpus measures in a process of its own."""

import sys
from itertools import islice
from pathlib import Path

from pipeline.corpus.card import data_card
from pipeline.corpus.conventions import conventions
from pipeline.corpus.prepare import prepare
from pipeline.corpus.sources import WHOLE, Source
from pipeline.corpus.streams import load_splits, save_words
from pipeline.params.reading import read_params

ROOT = Path(__file__).parents[1]
LINES_AT_ONCE = 20_000


def prepare_text(text: Path, folder: Path, tokens: str = "words", words: str = "whitespace") -> None:
    """All that the corpus stage does with a text: streams, vocabulary, data card. Prints the number of types."""
    settings = read_params(ROOT / "params.yaml").text
    chosen = conventions(settings.model_copy(update={"tokens": tokens, "words": words}), "generated")
    source = Source({WHOLE: (text,)})
    made = prepare(source, chosen, settings.valid_share, settings.test_share, "generated", folder)
    card = data_card(made.vocabulary, made.tokeniser, load_splits(folder), made.growth, chosen.as_dict(), made.read)
    save_words(folder, made.vocabulary, card)
    print(len(made.vocabulary))


def encode_with_tokenizers(text: Path, vocabulary: Path) -> None:
    """The same words to ids by Hugging Face's library; prints how many."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    types = vocabulary.read_text(encoding="utf-8").split("\n")[:-1]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(types)}, unk_token=types[0]))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokens = 0
    with text.open(encoding="utf-8") as file:
        while lines := list(islice(file, LINES_AT_ONCE)):
            tokens += sum(len(encoding.ids) + 1 for encoding in tokenizer.encode_batch_fast(lines))
    print(tokens)


if __name__ == "__main__":
    step = prepare_text if sys.argv[1] == "prepare" else encode_with_tokenizers
    step(Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
