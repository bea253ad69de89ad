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
_FRAME = re.compile(r'frames\[0\] = "(data:image/png;base64,[^"]+)"')


def is_player(node):
    """Whether a node is an animation, as `dlbook.page.animate` puts it on a page."""
    return isinstance(node, nodes.raw) and 'class="animation"' in node.astext()


def first_frame(player):
    """Its first picture, as a `data:` address."""
    # Matplotlib breaks the lines of long texts by backslashes.
    return _FRAME.search(player.astext())[1].replace("\\\n", "")


class MoveFrames(SphinxPostTransform):
    """Writes the script with the frames, and the first frame, to files of their own."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        for player in self.document.findall(is_player):
            name = re.search(r'id="_anim_img_(\w+)"', player.astext())[1]
            html, _, last_script = player.astext().rpartition("<script")
            code = last_script.partition(">")[2].rpartition("</script>")[0]
            self._write(f"{name}.js", code.strip().encode())
            frame = first_frame(player).partition(",")[2]
            self._write(f"{name}.png", base64.b64decode(frame))
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


def setup(app):
    app.add_post_transform(MoveFrames)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
