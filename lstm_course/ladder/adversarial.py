"""Adversarial training: learn from a review, and from the same review with its vectors perturbed the wrong way.

Source: Miyato, Dai and Goodfellow, 2017, "Adversarial Training Methods for Semi-Supervised Text Classification",
arXiv:1605.07725. There the vectors are scaled to unit variance, so that a perturbation of fixed norm means something;
here its norm is relative to that of the review's vectors, which no scale can escape. The pads of a review count in the
norm; batches of similar length have few.
"""

from lstm_course.models.quiet import keras, tf


def perturbation(gradient, vectors, relative_norm: float):
    """Return the perturbation that raises the loss fastest: along the gradient, with a share of each review's norm.

    Args:
        gradient: of the loss with respect to the vectors, ``(batch, time, features)``.
        vectors: ``(batch, time, features)``.
        relative_norm: the norm of the perturbation of a review, that of all its vectors together being 1.
    """

    def norm(values):
        return tf.sqrt(tf.reduce_sum(tf.square(values), axis=(1, 2), keepdims=True))

    return relative_norm * norm(vectors) * tf.math.divide_no_nan(gradient, norm(gradient))


class AdversarialModel(keras.Model):
    """A functional model that minimises the mean of its loss and of its loss under an adversarial perturbation.

    It needs a layer ``"vectors"`` behind its embeddings; ``relative_norm`` is the one that :func:`perturbation` takes.
    Scoring is that of any model.
    """

    relative_norm = 0.0

    def train_step(self, data):
        """Update the weights on one batch ``(ids, labels)``; return the metrics without the perturbation."""
        ids, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        middle = self.get_layer("vectors").output
        embed, classify = keras.Model(self.input, middle), keras.Model([self.input, middle], self.output)

        def predict(vectors):
            predicted = classify([ids, vectors], training=True)
            return predicted, self.compute_loss(ids, labels, predicted)

        # Each loss is differentiated once, down to the vectors; from there to the tables both go together.
        with tf.GradientTape(persistent=True) as tape:
            vectors = embed(ids, training=True)
            predicted, loss = predict(vectors)
        gradient, *clean = tape.gradient(loss, [vectors, *classify.trainable_variables])
        perturbed = vectors + perturbation(gradient, vectors, self.relative_norm)
        with tf.GradientTape() as second_tape:
            second_tape.watch(perturbed)
            _, perturbed_loss = predict(perturbed)
        other, *adversarial = second_tape.gradient(perturbed_loss, [perturbed, *classify.trainable_variables])
        tables = tape.gradient(vectors, embed.trainable_variables, output_gradients=(gradient + other) / 2)
        means = [(one + another) / 2 for one, another in zip(clean, adversarial, strict=True)]
        self.optimizer.apply([*tables, *means], [*embed.trainable_variables, *classify.trainable_variables])
        return {**self.compute_metrics(ids, labels, predicted), "loss": loss}
