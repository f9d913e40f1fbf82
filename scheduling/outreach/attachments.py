"""Files that may be attached: a short list of kinds, told by name and content alike, none too large."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 10 * 1024 * 1024
#: Parts of an Office document; a real one has some dozens, rarely hundreds.
MAX_PARTS = 5000


@dataclass(frozen=True)
class FileKind:
    """What a file of that kind is called on the web, and how its content shows that it is one."""

    content_type: str
    is_content: Callable[[IO[bytes]], bool]


def _begins(*signatures: bytes) -> Callable[[IO[bytes]], bool]:
    longest = max(map(len, signatures))

    def begins(file: IO[bytes]) -> bool:
        file.seek(0)
        return file.read(longest).startswith(signatures)

    return begins


def _office(main_part: str) -> Callable[[IO[bytes]], bool]:
    """An Office Open XML document with a part of such a name, and without macros. Source: ECMA-376, part 2.

    Word in the browser calls its main part document2.xml or document22.xml.
    """

    def is_office(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as package:
                names = package.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        has_macros = any(PurePath(name).name.lower() == "vbaproject.bin" for name in names)
        has_main_part = any(re.fullmatch(main_part, name) for name in names)
        return len(names) <= MAX_PARTS and "[Content_Types].xml" in names and has_main_part and not has_macros

    return is_office


def _is_text(file: IO[bytes]) -> bool:
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(character >= " " or character in "\t\r\n\f" for character in text)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_JPEG = FileKind("image/jpeg", _begins(b"\xff\xd8\xff"))
KINDS = {
    ".pdf": FileKind("application/pdf", _begins(b"%PDF-")),
    ".png": FileKind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".docx": FileKind(f"{_OFFICE}wordprocessingml.document", _office(r"word/document\d*\.xml")),
    ".xlsx": FileKind(f"{_OFFICE}spreadsheetml.sheet", _office(r"xl/workbook\d*\.xml")),
    ".pptx": FileKind(f"{_OFFICE}presentationml.presentation", _office(r"ppt/presentation\d*\.xml")),
    ".txt": FileKind("text/plain; charset=utf-8", _is_text),
    ".csv": FileKind("text/csv; charset=utf-8", _is_text),
}


def suffix_of(name: str) -> str:
    """The ending by which a file's kind goes, such as “.pdf”."""
    return PurePath(name).suffix.lower()


class AttachmentField(forms.FileField):
    """A file of one of the `KINDS`, of at most `MAX_BYTES`."""

    default_error_messages = {
        "too_large": _(
            "This file is too large. At most %(megabytes)d MB can be attached; give a link to a larger one."
        ),
        "kind": _("Files of this kind can’t be attached. Choose a PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT or CSV file."),
        "content": _(
            "What is in this file is not what its name says (%(suffix)s). Save it again in the program that made it, "
            "without macros, text as UTF-8."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(KINDS)

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        suffix = suffix_of(str(file.name))
        if file.size > MAX_BYTES:
            raise self._error("too_large", megabytes=MAX_BYTES // 1024**2)
        if suffix not in KINDS:
            raise self._error("kind")
        if file.file is None or not KINDS[suffix].is_content(file.file):
            raise self._error("content", suffix=suffix)
        file.seek(0)
        return file

    def _error(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


class CappedUpload(FileUploadHandler):
    """Lets through as much of a file as shows that it is too large, so that nobody fills the disk."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """None keeps the chunk from the handlers that store it."""
        return raw_data if start <= MAX_BYTES else None

    def file_complete(self, file_size: int) -> None:
        """The handlers that follow have the file."""
