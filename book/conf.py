"""Sphinx settings of the web edition. `make book` builds it from the notebooks' stored outputs; nothing is executed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "The LSTM course"
author = "The LSTM course authors"
copyright = "The LSTM course authors. Code: MIT License. Text and figures: CC BY 4.0"
language = "en"

# The one place that says where the course is published. GitHub's runners set it; without it, pages offer a download.
course_repository = os.environ.get("GITHUB_REPOSITORY", "")
if course_repository:
    tags.add("published")  # noqa: F821, Sphinx gives it

extensions = ["course_site", "course_teaching", "myst_nb", "sphinx_design", "sphinx_copybutton", "sphinx.ext.mathjax"]
exclude_patterns = ["notebooks/map.md"]
nitpicky = True

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
# Binder and Colab answer alike whatever they are asked for; a DOI is permanent, and its publisher turns robots away.
linkcheck_ignore = [r"https://mybinder\.org/v2/", r"https://colab\.research\.google\.com/", r"https://doi\.org/"]
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}  # its entries load parts that are not here

html_title = project
html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["course.css"]
html_js_files = [("course.js", {"type": "module"})]
html_context = {"default_mode": "auto"}
templates_path = ["_templates"]
html_copy_source = False
html_use_index = False
html_sidebars = {"**": ["contents"], "index": []}
html_theme_options = {
    "logo": {"text": project},
    "navbar_center": [],
    "secondary_sidebar_items": ["page-toc", "run-links"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 1,
    "search_bar_text": "Search the course",
    **({"github_url": f"https://github.com/{course_repository}"} if course_repository else {}),
}
copybutton_selector = "div.cell_input pre, div.highlight-bash pre"
