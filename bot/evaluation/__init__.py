"""Evaluation and training: score the answers against question files, and fit the weights of the matching.

What scores is exported here. What trains (`examples`, `training`, `skip_semantic`, `weights_file`) is imported as
modules, as it needs libraries that are installed for development alone.
"""

from bot.evaluation.ask_all import ask_all
from bot.evaluation.judge import Judgement, judge
from bot.evaluation.questions import EvaluationQuestion, read_questions
from bot.evaluation.report import Figures, ReliabilityBin, figures, reliability

__all__ = [
    "EvaluationQuestion",
    "Figures",
    "Judgement",
    "ReliabilityBin",
    "ask_all",
    "figures",
    "judge",
    "read_questions",
    "reliability",
]
