"""The command ``lstm-course``, one module a subcommand; ``main`` collects them."""
