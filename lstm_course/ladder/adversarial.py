"""Adversarial training: learn from a review, and from the same review with its vectors pushed the wrong way.

Source: Miyato, Dai and Goodfellow, 2017, "Adversarial Training Methods for Semi-Supervised Text Classification",
arXiv:1605.07725. There the vectors are scaled to unit variance, so that a push of fixed length means something; here
the push is a share of the length that the vectors of the review have, which no scale can escape. Its pads count in the
length; batches of similar length have few.
"""

from lstm_course.models.quiet import keras, tf


def against(gradient, vectors, share: float):
    """Return the push that raises the loss fastest: along the gradient, a share of each review's vectors as long.

    Args:
        gradient: of the loss with respect to the vectors, ``(batch, time, features)``.
        vectors: ``(batch, time, features)``.
        share: the length of the push, the length of all vectors of a review together being 1.
    """

    def length(values):
        return tf.sqrt(tf.reduce_sum(tf.square(values), axis=(1, 2), keepdims=True))

    return share * length(vectors) * tf.math.divide_no_nan(gradient, length(gradient))


class Adversarial(keras.Model):
    """A functional model that minimises the mean of its loss and of its loss after a push.

    It needs a layer ``"vectors"`` behind its embeddings; ``push`` is the share that :func:`against` takes. Scoring is
    that of any model.
    """

    push = 0.0

    def train_step(self, data):
        """Update the weights on one batch ``(ids, labels)``; return the metrics without the push."""
        ids, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        middle = self.get_layer("vectors").output
        look_up, read = keras.Model(self.input, middle), keras.Model([self.input, middle], self.output)

        def predict(vectors):
            predicted = read([ids, vectors], training=True)
            return predicted, self.compute_loss(ids, labels, predicted)

        # Each loss is differentiated once, down to the vectors; from there to the tables both go together.
        with tf.GradientTape(persistent=True) as tape:
            vectors = look_up(ids, training=True)
            predicted, loss = predict(vectors)
        slope, *slopes = tape.gradient(loss, [vectors, *read.trainable_variables])
        pushed = vectors + against(slope, vectors, self.push)
        with tf.GradientTape() as second:
            second.watch(pushed)
            _, pushed_loss = predict(pushed)
        other, *others = second.gradient(pushed_loss, [pushed, *read.trainable_variables])
        tables = tape.gradient(vectors, look_up.trainable_variables, output_gradients=(slope + other) / 2)
        means = [(one + another) / 2 for one, another in zip(slopes, others, strict=True)]
        self.optimizer.apply([*tables, *means], [*look_up.trainable_variables, *read.trainable_variables])
        return {**self.compute_metrics(ids, labels, predicted), "loss": loss}
