"""An animation's frames lie beside the page, and are loaded when the reader nears it.

Matplotlib writes all frames into the page, which takes up to a megabyte that whoever
reads the first paragraph would wait for.
"""

import base64
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_FOLDER = "_images/players"
_LAST_SCRIPT = re.compile(
    r"<script[^>]*>(?P<code>(?:(?!<script).)*)</script>\s*$", re.S
)
_FRAME = re.compile(r'frames\[0\] = "data:image/png;base64,([^"]+)"')


class MoveFrames(SphinxPostTransform):
    """Writes the script with the frames, and the first frame, to files of their own."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        for player in self.document.findall(_is_player):
            name = re.search(r'id="_anim_img_(\w+)"', player.astext())[1]
            html, _, last_script = player.astext().rpartition("<script")
            code = last_script.partition(">")[2].rpartition("</script>")[0]
            self._write(f"{name}.js", code.strip().encode())
            # The lines of long texts are broken by backslashes.
            first = _FRAME.search(code)[1].replace("\\\n", "")
            self._write(f"{name}.png", base64.b64decode(first))
            player.children[:] = [nodes.Text(self._page(html, name))]

    def _write(self, name, content):
        path = Path(self.app.outdir, _FOLDER, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _page(self, html, name):
        place = f"{'../' * self.env.docname.count('/')}{_FOLDER}/{name}"
        html = html.replace("<img ", f'<img src="{place}.png" ', 1)
        animation = 'class="animation"'
        return html.replace(animation, f'{animation} data-frames="{place}.js"', 1)


def _is_player(node):
    return isinstance(node, nodes.raw) and 'class="animation"' in node.astext()


def setup(app):
    app.add_post_transform(MoveFrames)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
