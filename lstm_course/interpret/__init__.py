"""Look inside a trained LSTM: its gates word by word, the words that a prediction rests on, the units that matter.

Everything here works on any built Keras model with an LSTM in it, as far as its docstring says, and changes nothing
in the model that lasts. A name is imported when it is first asked for: what works on texts alone needs no TensorFlow.
"""

import importlib

_MODULES = {
    "calibration": ("expected_calibration_error", "reliability"),
    "groups": ("accuracy_by_group", "strongest_responses"),
    "network": ("log_odds", "lstm_layers", "running_prediction"),
    "reading": (
        "Reading",
        "after_full_stop",
        "distance_from_end",
        "in_quotation",
        "is_negation",
        "negated",
        "read",
        "translation",
    ),
    "saliency": ("deletion_curve", "gradient_times_input", "integrated_gradients", "is_word", "occlusion"),
    "traces": ("GateTrace", "gate_trace", "logit_steps"),
    "units": (
        "GATES",
        "CellRanking",
        "ablated",
        "accuracy",
        "accuracy_changes",
        "auc",
        "gate_held",
        "gates_held",
        "rank_cells",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    """Import what is asked for from the module that has it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
