"""Makes oracles/fixtures/archives: tar and zip archives as Python writes them, sound, damaged and hostile.

Run: python3 oracles/archives.py
"""

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

here = Path(__file__).parent / "fixtures" / "archives"
here.mkdir(parents=True, exist_ok=True)


def entry(name, content=b"", kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(content), kind, target
    return info, content


def tar(name, *entries, form=tarfile.PAX_FORMAT):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    # Without the padding to whole records, but with the two blocks that mark the end.
    data = stream.getvalue().rstrip(b"\0")
    data += bytes(-len(data) % 512 + 1024)
    (here / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return data


def zipped(name, *entries, mode=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(here / name, "w", mode) as archive:
        for path, content, *attributes in entries:
            info = zipfile.ZipInfo(path)
            info.compress_type = mode
            info.create_system = 3
            info.external_attr = (attributes[0] if attributes else stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)


long = "folder/" + "l" * 120 + ".txt"
sound = [
    entry("top", kind=tarfile.DIRTYPE), entry("top/a.txt", b"hello"), entry("./top/b/ü .txt", b"u" * 70_000),
    entry("top/" + long, b"long"), entry("top/empty"), entry("other/c.txt", b"other"),
]
pax = tar("sound.tar.gz", *sound)
tar("sound-gnu.tar.gz", *sound, form=tarfile.GNU_FORMAT)
(here / "cut.tar.gz").write_bytes((here / "sound.tar.gz").read_bytes()[:-60])
(here / "cut.tar").write_bytes(pax[:4000])
# Between two entries, so that only the mark of the end is missing.
(here / "no-end.tar").write_bytes(tar("no-end.tar", entry("a", b"1"))[:1024])
(here / "checksum.tar").write_bytes(b"x" + tar("checksum.tar", entry("a", b"1"))[1:2048])
tar("up.tar", entry("ok.txt", b"1"), entry("top/../../evil.txt", b"2"))
tar("absolute.tar", entry("/tmp/evil.txt", b"2"))
tar("drive.tar", entry("C:\\evil.txt", b"2"))
tar("symbolic-link.tar", entry("link", kind=tarfile.SYMTYPE, target="/etc"), entry("link/evil.txt", b"2"))
tar("hard-link.tar", entry("link", kind=tarfile.LNKTYPE, target="/etc/passwd"))
tar("device.tar", entry("device", kind=tarfile.CHRTYPE))
tar("pipe.tar", entry("pipe", kind=tarfile.FIFOTYPE))
tar("twice.tar", entry("a.txt", b"1"), entry("a.txt", b"2"))
tar("bomb.tar.gz", entry("ones", b"1" * (20 << 20)))
tar("many.tar.gz", *(entry(f"{i}") for i in range(300)))
(here / "zeros.tar.gz").write_bytes(gzip.compress(bytes(20 << 20), mtime=0))
(here / "page.html").write_bytes(b"<html>not found</html>" * 50)

zipped("sound.zip", ("top/", b"", stat.S_IFDIR | 0o755), ("top/a.txt", b"hello"), ("other/c.txt", b"c" * 9000))
zipped("up.zip", ("top/../../evil.txt", b"2"))
zipped("symbolic-link.zip", ("link", b"/etc", stat.S_IFLNK | 0o777))
zipped("twice.zip", ("a.txt", b"1"), ("a.txt", b"2"))
zipped("bomb.zip", ("zeros", bytes(20 << 20)))
sound_zip = (here / "sound.zip").read_bytes()
(here / "cut.zip").write_bytes(sound_zip[:-30])
zipped("changed.zip", ("a.txt", b"hello"), mode=zipfile.ZIP_STORED)
(here / "changed.zip").write_bytes((here / "changed.zip").read_bytes().replace(b"hello", b"hullo"))
