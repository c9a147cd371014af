"""What is measured in a process of its own: a fit from text to saved model, and a fit in bounded memory."""

import resource
import sys
import time
from pathlib import Path

from pipeline.corpus.files import read_lines
from pipeline.corpus.streams import encode
from pipeline.corpus.vocabulary import build_vocabulary, count_words
from pipeline.io import read_array
from pipeline.ngram.engine import LOCAL, counted
from pipeline.ngram.kneser_ney import fit, smooth
from pipeline.ngram.storage import save


def fit_text(text: Path, order: int, folder: Path) -> None:
    """The models up to `order` of a text, all of whose words are types."""
    vocabulary = build_vocabulary(count_words(line.split() for line in read_lines(text)), 1, None)
    stream = encode((line.split() for line in read_lines(text)), vocabulary, None).tokens
    save(folder, fit(stream, len(vocabulary), order))


def fit_stream(stream: Path, vocabulary_size: int, order: int, memory_bytes: int, folder: Path) -> None:
    """Prints the seconds until all is counted, those until the model is saved, the latter by the processor's clock,
    which other programs disturb less, and the peak memory of counting in megabytes."""
    start, processor_start = time.perf_counter(), time.process_time()
    with counted(read_array(stream), vocabulary_size, order, LOCAL, 1, memory_bytes, folder) as counts:
        seconds, kilobytes = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        save(folder / "model", smooth(counts))
        print(seconds, time.perf_counter() - start, time.process_time() - processor_start, kilobytes / 1024)


if __name__ == "__main__":
    if sys.argv[1] == "fit":
        fit_text(Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        fit_stream(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), Path(sys.argv[6]))
