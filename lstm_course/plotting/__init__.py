"""The course's figure style, and one function per plot.

Every plot function takes the axes to draw on first, needs a ``title`` that states the finding, returns the
axes, and neither shows nor saves anything. Colours mean the same in every notebook, and no difference is
carried by colour alone: markers, line styles or direct labels repeat it.

The hues start from the colour-blind safe set of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/),
darkened until each has a contrast of at least 4.5:1 against the card that a figure lies on (WCAG 2.1, success
criterion 1.4.3), because they are also used for text.
"""

from lstm_course.plotting.accuracy import (
    accuracy_by_group,
    accuracy_by_seed,
    accuracy_changes,
    accuracy_ladder,
    cost_bars,
    learning_curves,
    reliability,
)
from lstm_course.plotting.display import describe, show
from lstm_course.plotting.gradients import (
    difference_by_epsilon,
    difference_by_step,
    gradient_by_lag,
    gradient_share_by_lag,
    gradient_shares,
    loss_by_weight,
    norm_by_batch,
    rate_by_radius,
    singular_values,
)
from lstm_course.plotting.interpret import (
    ablation_strip,
    annotated_trace,
    deletion_curves,
    gate_heatmap,
    running_prediction,
)
from lstm_course.plotting.ladder import accuracy_by_rung, accuracy_by_seconds, cost_by_size, gain_by_rung
from lstm_course.plotting.language import perplexity_curves, shared_runs
from lstm_course.plotting.memory import (
    accuracy_by_lag,
    accuracy_by_window,
    sequence_grid,
    success_by_distance,
    success_by_lag,
    success_by_length,
)
from lstm_course.plotting.progress import exercise_outcomes
from lstm_course.plotting.recall import cost_by_length, eigenvalues_in_plane, recall_by_pairs
from lstm_course.plotting.reviews import coverage, embedding_heatmap, lengths, token_grid, zipf
from lstm_course.plotting.scan import joins_by_round
from lstm_course.plotting.states import (
    cell_states,
    gate_traces,
    hidden_states,
    lines_by_step,
    state_distance,
    state_rows,
    state_walk,
)
from lstm_course.plotting.style import COLOURS, LINESTYLES, MARKERS, title_for, use_style
from lstm_course.plotting.units import accuracy_by_property, best_auc, gate_means, strongest_responses

__all__ = [
    "COLOURS",
    "LINESTYLES",
    "MARKERS",
    "ablation_strip",
    "accuracy_by_group",
    "accuracy_by_lag",
    "accuracy_by_property",
    "accuracy_by_rung",
    "accuracy_by_seconds",
    "accuracy_by_seed",
    "accuracy_by_window",
    "accuracy_changes",
    "accuracy_ladder",
    "annotated_trace",
    "best_auc",
    "cell_states",
    "cost_bars",
    "cost_by_length",
    "cost_by_size",
    "coverage",
    "deletion_curves",
    "describe",
    "difference_by_epsilon",
    "difference_by_step",
    "eigenvalues_in_plane",
    "embedding_heatmap",
    "exercise_outcomes",
    "gain_by_rung",
    "gate_heatmap",
    "gate_means",
    "gate_traces",
    "gradient_by_lag",
    "gradient_share_by_lag",
    "gradient_shares",
    "hidden_states",
    "joins_by_round",
    "learning_curves",
    "lengths",
    "lines_by_step",
    "loss_by_weight",
    "norm_by_batch",
    "perplexity_curves",
    "rate_by_radius",
    "recall_by_pairs",
    "reliability",
    "running_prediction",
    "sequence_grid",
    "shared_runs",
    "show",
    "singular_values",
    "state_distance",
    "state_rows",
    "state_walk",
    "strongest_responses",
    "success_by_distance",
    "success_by_lag",
    "success_by_length",
    "title_for",
    "token_grid",
    "use_style",
    "zipf",
]
