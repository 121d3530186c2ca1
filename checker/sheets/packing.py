"""Files that are packed from parts (DOCX, XLSX), packed anew with fixed times: the same parts are the same bytes."""

import io
import re
import zipfile
from collections.abc import Callable

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHEET = "xl/worksheets/sheet"
_ROW = re.compile(rb'(<row [^<>]*?) customHeight="1"')


def repacked(data: bytes, change: Callable[[str, bytes], bytes] = lambda _, part: part) -> bytes:
    """Pack *data* anew, each part as *change* gives it from its name and its bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as anew:
        for each in packed.infolist():
            about = zipfile.ZipInfo(each.filename, _EPOCH)
            about.compress_type, about.create_system, about.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            anew.writestr(about, change(each.filename, packed.read(each)))
    return held.getvalue()


def growing(workbook: bytes) -> bytes:
    """Let the rows of a workbook that were given a height grow with what people write into them.

    A row without any height is one line high in some programs, which hides all but the first line of a text; one whose
    height is settled by hand stays as it is. A height that is only kept from the last time does neither.
    """
    return repacked(workbook, lambda name, part: _ROW.sub(rb"\1", part) if name.startswith(_SHEET) else part)
