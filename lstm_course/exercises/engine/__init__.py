"""How an answer is judged: run it, compare it, recognise the usual mistakes, and note what is done."""
