"""Which question files there are to train on, and which knowledge each belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import compose
from bot.cli.single_interview import with_knowledge_folder
from bot.configuration import CONFIG, Settings
from bot.errors import Problem, QuestionFileError, UsageError
from bot.evaluation import EvaluationQuestion, read_questions
from bot.knowledge.folder import INTERVIEW, interview_folders
from bot.knowledge.load import load
from bot.knowledge.model import Knowledge

OWN_QUESTIONS = "questions.jsonl"
"""The questions that report, in an interview's folder."""
TUNING_QUESTIONS = "tuning.jsonl"
"""The questions that the weights are made from, in a folder of the interview's name below `EVALUATION`."""
EVALUATION = CONFIG.parent / "evaluation"
"""Where questions for training and measuring are: outside of the knowledge, which needs none to serve."""


@dataclass(frozen=True)
class QuestionSet:
    """Question files about one interview, and the knowledge that they are asked of."""

    interview: str
    """Name of the interview's folder."""
    folder: Path
    """The folder of one interview, or of a whole knowledge."""
    files: tuple[Path, ...]
    """The files to train on."""
    report: Path
    """The file that reports how good the answers are, where there is one."""


@dataclass(frozen=True)
class LoadedSet:
    """Questions, and the knowledge that they are asked of."""

    interview: str
    """Name of the interview's folder."""
    folder: Path
    """The knowledge folder."""
    training: tuple[EvaluationQuestion, ...]
    """The questions to train on."""
    reporting: tuple[EvaluationQuestion, ...]
    """Those that report, which for an invented interview are the same."""


def question_sets(paths: Sequence[Path], settings: Settings) -> Sequence[QuestionSet]:
    """Return what files and folders of interviews name, or all there is; raises UsageError where that is nothing."""
    found: dict[str, list[Path]] = {}
    for path in paths or list(_everything(settings)):
        for file in _files(path):
            found.setdefault(file.resolve().parent.name, []).append(file)
    return [_question_set(name, files, settings) for name, files in found.items()]


def _everything(settings: Settings) -> Iterator[Path]:
    """Yield the files for the interviews that are served, then the folders of the invented ones."""
    files = [EVALUATION / folder.name / TUNING_QUESTIONS for folder in interview_folders(settings.knowledge_dir)]
    found = [
        *(file for file in files if file.is_file()),
        *(folder for folder in interview_folders(EVALUATION) if (folder / INTERVIEW).is_file()),
    ]
    if not found:
        raise UsageError(f"there is no {EVALUATION / 'INTERVIEW' / TUNING_QUESTIONS} for any interview; write one")
    yield from found


def _files(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return [path]
    for name in (TUNING_QUESTIONS, OWN_QUESTIONS):
        if (path / name).is_file():
            return [path / name]
    raise UsageError(f"{path} has neither {TUNING_QUESTIONS} nor {OWN_QUESTIONS}; write one, or name a question file")


def _question_set(name: str, files: Sequence[Path], settings: Settings) -> QuestionSet:
    """A file belongs to the interview in whose folder it is, or whose name its folder has, or to all that is served."""
    folder = files[0].resolve().parent
    served = settings.knowledge_dir.resolve()
    alone = (folder / INTERVIEW).is_file() and folder.parent != served
    report = (folder if alone else served / name) / OWN_QUESTIONS
    return QuestionSet(name, folder if alone else settings.knowledge_dir, tuple(files), report)


@contextmanager
def loaded(sets: Sequence[QuestionSet], settings: Settings) -> Iterator[Sequence[LoadedSet]]:
    """Read the questions and check them against their knowledge; raises QuestionFileError or KnowledgeError."""
    with ExitStack() as stack:
        yield [_loaded(found, settings, stack) for found in sets]


def _loaded(found: QuestionSet, settings: Settings, stack: ExitStack) -> LoadedSet:
    own = settings.model_copy(update={"knowledge_dir": found.folder})
    folder = stack.enter_context(with_knowledge_folder(own)).knowledge_dir
    known = entry_ids(load(folder, compose.normaliser(settings)))
    training = tuple(read_all(found.files, known))
    reporting = tuple(read_all([found.report], known)) if found.report.is_file() else training
    return LoadedSet(found.interview, folder, training, reporting)


def entry_ids(knowledge: Knowledge) -> Collection[str]:
    """Return the ids that a question may name."""
    return {entry.id for interview in knowledge.interviews for entry in interview.entries()}


def read_all(files: Sequence[Path], known: Collection[str]) -> Sequence[EvaluationQuestion]:
    """Return the questions of all files; raises QuestionFileError with what is wrong in any of them."""
    questions: list[EvaluationQuestion] = []
    problems: list[Problem] = []
    for file in files:
        try:
            questions += read_questions(file, known)
        except QuestionFileError as error:
            problems += error.problems
    if problems:
        raise QuestionFileError(problems)
    return questions
