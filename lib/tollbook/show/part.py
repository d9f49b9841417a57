"""A part of a page that asks for something and is told what became of it: a form, or a file (`static/part.js`)."""

import traitlets

from tollbook.show.widget import View


class Part(View):
    """One of those: `part` says which of its module, `told` what it shows, `said` what was done last."""

    part = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    told = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
