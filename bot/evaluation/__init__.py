"""Evaluation and training: score the answers against question files, and fit the weights of the matching.

What scores is exported here. What trains (`examples`, `training`, `skip_model`, `weights_file`) is imported as
modules, as it needs libraries that are installed for development alone.
"""

from bot.evaluation.ask_all import ask_all
from bot.evaluation.judge import Judgement, Verdict, judge
from bot.evaluation.questions import EvaluationQuestion, Topic, read_questions
from bot.evaluation.report import Figures, FileFigures, ReliabilityBin, Shares, by_file, figures, reliability

__all__ = [
    "EvaluationQuestion",
    "Figures",
    "FileFigures",
    "Judgement",
    "ReliabilityBin",
    "Shares",
    "Topic",
    "Verdict",
    "ask_all",
    "by_file",
    "figures",
    "judge",
    "read_questions",
    "reliability",
]
