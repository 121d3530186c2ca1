"""What the tests of papers share: the text of a paper, without its blanks and breaks."""

import re

from checker.papers.paper import Paper, texts


def plain(written: Paper) -> str:
    return re.sub(r"\s", "", "".join(text for _, text in texts(written)))
