"""The explorer in JupyterLab, by anywidget."""

import anywidget
import traitlets

from lstm_course.explorer import files

STATIC_TEXT = "The explorer. It appears when you run this cell: click into the cell and press Shift+Enter."


class Explorer(anywidget.AnyWidget):
    """The explorer as a widget.

    Its state holds the text it begins with and no weights: the page asks for these once, and gets them as bytes.

    Attributes:
        text: the review that stands in the box at first; empty for that of notebook 00.
    """

    _esm = files.one_module()
    _css = (files.STATIC / "explorer.css").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self._files = list(files.model_files().values())
        self.on_msg(self._answer)

    def _answer(self, _widget, content, _buffers):
        if content == "files":
            self.send("files", self._files)

    def _repr_mimebundle_(self, **_options):
        """Return the widget's view, and a sentence where no front end draws it."""
        bundle = super()._repr_mimebundle_()
        data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
        return ({**data, "text/plain": STATIC_TEXT}, *metadata) if data else data
