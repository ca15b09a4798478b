"""Checks that tell a learner what an answer gets wrong. One module per notebook."""
