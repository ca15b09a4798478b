"""Texts of notebook 05: a protocol to find fault with, and situations to choose a model for."""

PROTOCOL = {
    "a": "Each network starts as Keras starts it: the LSTM with a forget bias of 1, the SimpleRNN with an "
    "orthogonal recurrent kernel.",
    "b": "Both networks have 64 units.",
    "c": "The gradients of both are clipped to norm 1.",
    "d": "Of the ten checkpoints of each run the one with the best test accuracy is reported.",
    "e": "The LSTM's learning rate is the best of eight, by validation; the SimpleRNN has Keras's default.",
    "f": "Both get 2,000 updates of 128 sequences each, though an update of the LSTM takes longer.",
    "g": "Each network is trained once, with seed 0.",
    "h": "The test sequences are drawn by the same generator as the training sequences, with another seed.",
    "i": "Of twelve lags tried, the text shows the one with the largest gap.",
}
"""How somebody asked which cell learns more, an LSTM or a SimpleRNN, from equal weights and equal updates."""

SPOILS = {
    "b": "What do equal units mean for the number of weights?",
    "d": "Which data may choose, and which may only be measured on?",
    "e": "Does each network get the same care?",
    "g": "How would you know that the gap is more than the luck of a start?",
    "i": "Is what the text shows typical of what was found?",
}
"""What to look at, for each sentence that spoils the comparison."""

SPOILS_NOT = {
    "a": "Every cell has to start somewhere, and these are the starts that one would use. It belongs in "
    "the report, and is worth an ablation, but it favours no cell unfairly.",
    "c": "Both are treated alike. It helps the SimpleRNN at least as much: its gradients can explode.",
    "f": "The question is about equal updates. The longer update is a cost to report beside the result.",
    "h": "A generator never runs out: another seed makes sequences that nobody trained on.",
}
"""Why each of the other sentences is fair."""

SITUATIONS = {
    "a": "Long reviews, to be sorted into good and bad by tonight, on a laptop. Which words occur says nearly "
    "everything; their order changes few verdicts.",
    "b": "A sensor's last five values decide, one comes every millisecond, and the chip has room for a few "
    "hundred weights.",
    "c": "Reviews whose verdict lies in the order of their words, some forty words before the end. You may set the "
    "gates at their start, so that they remember.",
    "d": "Numbers have to be kept, to within 0.1, over 40 steps of other numbers, where the SimpleRNN fails. Of the "
    "cells that keep them you want the one with the fewest weights per unit.",
    "e": "Sequences of 1,000 steps, all there at once, millions of them. A GPU stands idle while one step waits "
    "for the one before.",
}
"""Five tasks, each with one model that suits it best."""

MODELS = ("bag of words", "rnn", "gru", "lstm", "attention")

SUITED = ("bag of words", "rnn", "lstm", "gru", "attention")
"""The model that suits each situation."""

_REASONS = {
    "a": {
        (
            "rnn",
            "gru",
            "lstm",
            "attention",
        ): "It reads in order what hardly depends on it, and takes the evening."
    },
    "b": {
        ("bag of words",): "It forgets the order of the five values, and counts words, not what a sensor measures.",
        ("gru", "lstm"): "Its gates pay off over long lags. Five steps need none, and the blocks cost room.",
        ("attention",): "It looks back over everything, when five values are enough and room is scarce.",
    },
    "c": {
        ("bag of words",): "The order of the words is what it throws away: one half on twins, exactly.",
        ("rnn",): "It has no gates to set, and on twins it guessed, on most seeds, at a distance of 40 words.",
        (
            "gru",
        ): "On twins it guessed, on most seeds, at 20 words already. Which cell has a bias, measured in sections 8 "
        "and 9, that makes it remember from the start?",
        ("attention",): "It has no gates. It is for the loop over time that takes too long.",
    },
    "d": {
        ("bag of words",): "It counts words, and forgets which number stood where.",
        ("rnn",): "It fails at this lag, as the situation says.",
        ("lstm",): "It keeps the numbers, with four blocks of weights. One gated cell does it with three.",
        ("attention",): "It is no cell, and the situation asks for one.",
    },
    "e": {
        ("bag of words",): "Millions of sequences can teach more than counts.",
        (
            "rnn",
            "gru",
            "lstm",
        ): "Its step t waits for step t − 1, a thousand times: that leaves the GPU idle.",
    },
}

WHY_NOT = {
    (situation, model): reason
    for situation, reasons in _REASONS.items()
    for models, reason in reasons.items()
    for model in models
}
"""Why another model suits a situation less, by situation and model."""
