"""The course's Sphinx extension: pages from notebooks, links to the glossary, numbered figures, vendored scripts."""

import importlib.util
import re
from pathlib import Path

import course_pages
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.fileutil import copy_asset

from lstm_course.explorer import files

ROOT = Path(__file__).resolve().parent.parent
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2")  # of the 20 MB, what a page loads
NOT_PROSE = (nodes.title, nodes.reference, addnodes.pending_xref, nodes.FixedTextElement, nodes.literal, nodes.math,
             nodes.raw, nodes.caption)  # fmt: skip


class NumberFigures(SphinxTransform):
    """Give every picture of a notebook a number and an address, and every equation's number that of its notebook."""

    default_priority = 400

    def apply(self, **kwargs):
        """Wrap each image in a figure, whose caption is its number.

        An equation's (7) becomes (02.7): a notebook may have a (7) of its own.
        """
        if not self.env.docname.startswith("notebooks/"):
            return
        for equation in self.document.findall(nodes.math_block):
            equation["number"] = f"{self.env.docname.removeprefix('notebooks/')[:2]}.{equation['number']}"
        for number, image in enumerate(list(self.document.findall(nodes.image)), 1):
            figure = nodes.figure("", ids=[f"figure-{number}"])
            outer = image.parent if isinstance(image.parent, nodes.paragraph) and len(image.parent) == 1 else image
            outer.replace_self(figure)
            link = nodes.reference("", f"Figure {number}", refid=f"figure-{number}", classes=["figure-number"])
            figure += [image, nodes.caption("", "", link)]


class NameRowHeads(SphinxTransform):
    """Say what stands below an empty corner of a table, for those who hear the table read."""

    default_priority = 405

    def apply(self, **kwargs):
        """Fill empty cells of table heads with a word that only a screen reader meets."""
        for head in self.document.findall(nodes.thead):
            for cell in head.findall(nodes.entry):
                if not cell.astext().strip():
                    cell += nodes.paragraph("", "", nodes.inline("", "row", classes=["visually-hidden"]))


class LinkTerms(SphinxTransform):
    """Link the first mention of each glossary term in a notebook's prose to the glossary."""

    default_priority = 410

    def apply(self, **kwargs):
        """Replace mentions by references, which Sphinx resolves."""
        if self.env.docname.startswith("notebooks/"):
            link_terms(self.document, dict(self.app.course_terms), self.env.docname)


def link_terms(document: nodes.document, left: dict[str, str], docname: str) -> None:
    """Replace the first mention of each term in a document's prose by a reference.

    Args:
        document: is changed.
        left: the terms, as `forms_of_terms` returns them.
        docname: the page that the references stand on.
    """
    for text in list(document.findall(nodes.Text)):
        if not left or not _is_prose(text):
            continue
        pattern = rf"(?<![\w-])({'|'.join(map(re.escape, sorted(left, key=len, reverse=True)))})(?![\w-])"
        parts, end = [], 0
        for match in re.finditer(pattern, text, re.I):
            term = left.get(match[0].lower())
            if term is None or _is_a_name(match, term):  # met before in this text, or as in "Student's t"
                continue
            left = {form: other for form, other in left.items() if other != term}
            parts += [nodes.Text(text[end : match.start()]), _term_reference(match[0], term, docname)]
            end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def _is_a_name(match, term) -> bool:
    before = match.string[: match.start()].rstrip()
    return match[0][0].isupper() and term[0].islower() and bool(before) and before[-1] not in ".:?!"


def _is_prose(node) -> bool:
    while node is not None:
        if isinstance(node, NOT_PROSE) or "nb_element" in getattr(node, "attributes", {}):
            return False
        node = node.parent
    return True


def _term_reference(written: str, term: str, docname: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "", nodes.inline("", written, classes=["std-term"]),
        refdomain="std", reftype="term", reftarget=term, refdoc=docname, refexplicit=True, refwarn=True,
    )  # fmt: skip


def forms_of_terms(glossary: str) -> dict[str, str]:
    """Return every way to write a glossary's terms, in lower case, and the term that it stands for.

    Args:
        glossary: the page's MyST source, with one ``{glossary}`` directive.
    """
    block = re.search(r"^:::\{glossary\}\n(.+?)^:::", glossary, re.M | re.S)[1]
    terms = re.findall(r"^(\S.*)$", block, re.M)
    return {form.lower(): term for term in terms for form in (term, f"{term}s", re.sub(r"y$", "ies", term))}


def prepare(app) -> None:
    """Write the notebooks' pages, and copies for Colab where these can be published; read which terms there are."""
    source, repository = Path(app.srcdir), app.config.course_repository
    course_pages.write_pages(ROOT / "notebooks", source / "notebooks", repository)
    if repository:
        course_pages.write_for_colab(ROOT / "notebooks", Path(app.outdir).parent / "colab", repository)
    app.course_terms = forms_of_terms((source / "glossary.md").read_text(encoding="utf-8"))


def copy_scripts(app, exception) -> None:
    """Put MathJax and the explorer beside the pages."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (package,) = importlib.util.find_spec("sphinx-mathjax-offline").submodule_search_locations
    for name in MATHJAX:
        target = static / "mathjax" / name
        found = Path(package) / "static" / "mathjax" / name
        copy_asset(found, target if found.is_dir() else target.parent)
    files.copy_to(static / "explorer")


def page_context(app, pagename, templatename, context, doctree) -> None:
    """Tell the templates where a notebook's page can be run."""
    if pagename.startswith("notebooks/"):
        context["run_links"] = course_pages.run_links(f"{Path(pagename).name}.ipynb", app.config.course_repository)


def setup(app):
    """Register all of it."""
    app.add_config_value("course_repository", "", "env")
    app.connect("builder-inited", prepare, priority=100)
    app.connect("html-page-context", page_context)
    app.connect("build-finished", copy_scripts)
    app.add_transform(NumberFigures)
    app.add_transform(NameRowHeads)
    app.add_transform(LinkTerms)
    return {"parallel_read_safe": True}
