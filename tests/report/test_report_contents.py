"""Chapters stand by themselves: each has a template, and none takes what is another's."""

from pathlib import Path

from pipeline.params.studies import STUDIES
from pipeline.report import page
from pipeline.report.contents import CHAPTERS, FIRST, by_argument
from pipeline.report.scored import score

TEMPLATES = Path(page.__file__).parent / "templates"


def test_every_chapter_has_a_name_of_its_own_and_a_template():
    names = [chapter.name for chapter in CHAPTERS]
    assert len(set(names)) == len(names)
    assert [name for name in names if not (TEMPLATES / f"{name}.html.j2").is_file()] == []
    assert set(FIRST) < set(names)


def test_findings_are_told_by_argument_and_then_by_page():
    told = [chapter.name for chapter in by_argument()]
    assert told[: len(FIRST)] == list(FIRST)
    assert told[len(FIRST) :] == [chapter.name for chapter in CHAPTERS if chapter.name not in FIRST]


def test_no_table_or_word_belongs_to_two_chapters_and_a_study_has_a_table_of_its_name(make_inputs):
    inputs = make_inputs(suites=True)
    scored = score(inputs)
    told = {chapter.name: chapter.analyse(inputs, scored) for chapter in CHAPTERS}
    for part in ("tables", "words"):
        names = [name for each in told.values() for name in getattr(each, part)]
        assert sorted(names) == sorted(set(names))
    assert all(name in told[name].tables for name in STUDIES if name in told)
