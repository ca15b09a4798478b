# Every target sets up .venv first. `make` alone lists the targets.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$p && break; done)
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts/
else
BIN := .venv/bin/
endif
NOTEBOOKS ?= notebooks

.PHONY: help setup lab test run data figures pictures refresh book ladder bench clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

setup:
	@$(or $(PYTHON),python3) tools/setup_environment.py $(SETUP)

lab: setup  ## install, then open JupyterLab at the first notebook
	$(BIN)lstm-course lab

test: override SETUP += --extra=test,book
test: setup  ## install, then run the unit tests and re-run every notebook against its stored outputs
	LSTM_COURSE_PROFILE=$${LSTM_COURSE_PROFILE:-workshop} $(BIN)python -m ruff check .
	LSTM_COURSE_PROFILE=$${LSTM_COURSE_PROFILE:-workshop} $(BIN)python -m pytest --nbval --nbval-current-env \
	--nbval-sanitize-with tests/nbval_sanitize.cfg -n 2 --dist loadfile --no-loadscope-reorder

run: setup  ## run the whole sequence unattended and print its headline results
	$(BIN)lstm-course run

data: setup  ## fetch the reviews, or say where they were found
	$(BIN)lstm-course data --fetch

figures: setup  ## redraw figures/
	$(BIN)python tools/figures

pictures: setup  ## photograph the explorer into figures/, in Chromium
	$(BIN)pip install -q -e ".[browser]" -c constraints.txt
	$(BIN)python tools/pictures

refresh: setup  ## re-run the notebooks on the real reviews and store their outputs
	$(BIN)python tools/refresh $(NOTEBOOKS)

book: override SETUP += --extra=book
book: setup  ## build the course as a web site in build/book, from the stored outputs
	$(BIN)python -m sphinx -W --keep-going -q book build/book
	@echo "Look at it: $(BIN)python -m http.server --directory build/book, then http://localhost:8000"

ladder: setup  ## train the ladder of notebook 09 anew and store its table
	$(BIN)python tools/ladder train

bench: setup  ## measure what the speed claims rest on
	for benchmark in benchmarks/*.py; do $(BIN)python $$benchmark || exit 1; done

clean:  ## remove the environment and everything made by tools
	rm -rf .venv build dist handout slides *.egg-info .pytest_cache .ruff_cache .hypothesis
