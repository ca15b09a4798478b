"""What notebook 09 shows to be judged: a training script with leaks, and learning curves."""

LEAKY_SCRIPT = """\
 1  train, test = load_reviews()                       # 25,000 labelled reviews each
 2  train = without_duplicates(train)                  # nor copies of a test review
 3  vocabulary = most_frequent_words(train + test, 20_000)
 4  embedding = pretrain(unlabelled_reviews(), vocabulary)       # other reviews, without labels
 5  fit_on, validation = split(train + copies_with_words_dropped(train), 0.2, seed=0)
 6  length = percentile([len(review) for review in fit_on], 90)
 7  weights = inverse_document_frequency(fit_on)
 8  rate = best_learning_rate(fit_on, validation, among=[0.001, 0.003, 0.01])
 9  stop = EarlyStopping("val_loss", restore_best_weights=True)
10  runs = [build(embedding, weights, seed).fit(fit_on, validation_data=test, callbacks=[stop], rate=rate)
11          for seed in range(5)]
12  x_test = encode(test, vocabulary, length)
13  thresholds = [best_threshold(run.predict(x_test), test.labels) for run in runs]
14  scores = [accuracy(run.predict(x_test) > t, test.labels) for run, t in zip(runs, thresholds)]
15  best = max(scores)
16  margin = 1.96 * sqrt(best * (1 - best) / len(test))
17  print(f"{best:.4f} ± {margin:.4f}")
"""
"""A script, to be read and not run: some of its lines let the test reviews, or copies, take part in a choice."""

LEAKS = {
    3: "Which reviews may decide what the model can read at all?",
    5: "Can the same review, a little changed, stand on both sides of the split?",
    10: "Which reviews decide when the training stops, and which weights are kept?",
    13: "Whose labels set a number that is then used to judge these very labels?",
    15: "Of which model is the result an estimate, when the test set has chosen among five?",
}
"""What to look for, by the number of each line that leaks."""

INNOCENT = {
    1: "It only reads the reviews. What matters is what is done with the test reviews afterwards.",
    2: "It takes doubles and copies of test reviews away, before the split: that prevents leaks.",
    4: "These are other reviews than the test's, and they have no labels. (The vocabulary has its leak elsewhere.)",
    6: "The length comes from the reviews that the model is fitted on, and from them alone.",
    7: "The word weights come from the reviews that the model is fitted on, and from them alone.",
    8: "Validation reviews are there to choose by. (Whether they are clean is decided elsewhere.)",
    9: "It stops by the loss on validation_data and is right to; what is passed as validation_data stands elsewhere.",
    11: "Several seeds show how much a result owes to the start. What is done with the five results stands elsewhere.",
    12: "The test reviews are turned into ids with what was fixed before; nothing is learnt from them here.",
    14: "To measure on the test set is what it is for. The leak is in what was chosen by it.",
    16: "The formula is right for an accuracy over n reviews. What is wrong with the number in it happens before.",
    17: "It prints the result.",
}
"""Why each of the other lines does not leak."""

CURVES = {
    "a": {
        "train": [0.52, 0.34, 0.25, 0.18, 0.13, 0.09, 0.07, 0.05, 0.04, 0.03],
        "validation": [0.41, 0.34, 0.33, 0.36, 0.41, 0.48, 0.55, 0.61, 0.68, 0.74],
    },
    "b": {
        "train": [0.69, 0.68, 0.66, 0.63, 0.60, 0.57, 0.54, 0.51, 0.48, 0.45],
        "validation": [0.69, 0.68, 0.66, 0.64, 0.61, 0.58, 0.55, 0.52, 0.49, 0.46],
    },
    "c": {
        "train": [0.62, 0.50, 0.46, 0.45, 0.44, 0.44, 0.43, 0.43, 0.43, 0.43],
        "validation": [0.60, 0.51, 0.47, 0.46, 0.45, 0.45, 0.44, 0.44, 0.44, 0.44],
    },
    "d": {
        "train": [0.50, 0.36, 0.40, 0.31, 0.38, 0.30, 0.37, 0.31, 0.38, 0.30],
        "validation": [0.47, 0.37, 0.43, 0.33, 0.42, 0.32, 0.41, 0.33, 0.42, 0.32],
    },
}
"""Losses of four models over ten epochs. A bag of words reaches a validation loss of 0.29."""

REMEDIES = ("regularise", "longer", "larger", "average")

_SYMPTOMS = {
    "a": ("regularise", "training loss near zero, validation loss rising since epoch 3"),
    "b": ("longer", "both losses still fall by the same amount at every epoch"),
    "c": ("larger", "both losses have come to rest, close together and far above 0.29"),
    "d": ("average", "both losses jump from epoch to epoch around a level, up and down"),
}

SUITED = {letter: remedy for letter, (remedy, _) in _SYMPTOMS.items()}
"""The remedy for each model."""

_WHY_NOT = {
    "regularise": "Regularising holds back a model that memorises its reviews",
    "longer": "More epochs help where the validation loss is still on its way down",
    "larger": "A larger model helps where the training loss itself cannot get lower",
    "average": "Averaging the weights helps where they swing around a good place",
}

MISTAKEN = {
    (letter, remedy): f"{reason}. Here: {symptom}."
    for letter, (suited, symptom) in _SYMPTOMS.items()
    for remedy, reason in _WHY_NOT.items()
    if remedy != suited
}
"""Why another remedy misses, by model and remedy."""
