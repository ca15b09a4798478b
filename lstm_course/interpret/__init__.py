"""Look inside a trained LSTM: its gates word by word, the words that a prediction rests on, the units that matter.

Everything here works on any built Keras model with an LSTM in it, as far as its docstring says, and changes nothing
in the model that lasts.
"""

from lstm_course.interpret.calibration import expected_calibration_error, reliability
from lstm_course.interpret.groups import accuracy_by_group, strongest_responses
from lstm_course.interpret.network import log_odds, lstm_layers
from lstm_course.interpret.reading import (
    Reading,
    after_full_stop,
    distance_from_end,
    in_quotation,
    is_negation,
    negated,
    read,
    running_prediction,
    translation,
)
from lstm_course.interpret.saliency import (
    deletion_curve,
    gradient_times_input,
    integrated_gradients,
    is_word,
    occlusion,
)
from lstm_course.interpret.traces import GateTrace, gate_trace, logit_steps
from lstm_course.interpret.units import (
    GATES,
    CellRanking,
    ablated,
    accuracy,
    accuracy_changes,
    auc,
    gate_held,
    gates_held,
    rank_cells,
)

__all__ = [
    "GATES",
    "CellRanking",
    "GateTrace",
    "Reading",
    "ablated",
    "accuracy",
    "accuracy_by_group",
    "accuracy_changes",
    "after_full_stop",
    "auc",
    "deletion_curve",
    "distance_from_end",
    "expected_calibration_error",
    "gate_held",
    "gate_trace",
    "gates_held",
    "gradient_times_input",
    "in_quotation",
    "integrated_gradients",
    "is_negation",
    "is_word",
    "log_odds",
    "logit_steps",
    "lstm_layers",
    "negated",
    "occlusion",
    "rank_cells",
    "read",
    "reliability",
    "running_prediction",
    "strongest_responses",
    "translation",
]
