"""The reliability diagram of notebook 08 to read, with true and false statements about it."""

RELIABILITY = [
    (0.06, 0.14, 9_800),
    (0.30, 0.38, 1_500),
    (0.50, 0.50, 1_000),
    (0.70, 0.61, 1_600),
    (0.95, 0.86, 11_100),
]
"""Five bins of 25,000 reviews: mean probability of *positive*, share of positive reviews, number of reviews."""

STATEMENTS = {
    "a": "Where the model says 0.95 on average, it claims too much.",
    "b": "Where it says 0.06 on average, fewer reviews are positive than it claims.",
    "c": "Dividing its logits by 1.6 before the sigmoid brings the points nearer to the diagonal.",
    "d": "Dividing its logits by 1.6 changes its accuracy.",
    "e": "In the bin around 0.30, its verdicts are right in 62 % of the reviews.",
    "f": "A model whose points all lie on the diagonal makes no mistakes.",
    "g": "Of the five bins, the one around 0.95 adds most to the expected calibration error.",
    "h": "The bin around 0.50 has no distance from the diagonal, so the model knows these reviews best.",
}
"""What somebody says about the diagram; a probability above 0.5 is the verdict *positive*."""

TRUE = {
    "a": "At the upper end, compare the probability with the share of positive reviews.",
    "c": "What does a division do to a logit of 3, and what to the probability?",
    "e": "Which verdict does the model give there, and how many of these reviews are the other kind?",
    "g": "Work out each bin's share of the reviews times its distance from the diagonal.",
}
"""What to look at, for each true statement."""

FALSE = {
    "b": "It is the other way round: 14 % are positive there, more than 6 %. It is too sure at this end too.",
    "d": "A positive logit stays positive and a negative one negative, so every verdict stays as it is.",
    "f": "A model that says 0.5 of every review lies on the diagonal, where half are positive, and knows nothing.",
    "h": "It knows least about them: half are positive, and it says so. Calibrated is not the same as right.",
}
"""Why each of the other statements is false."""
