"""Mails that are built to hurt: those that have to be refused, and those that have to be read."""


def letter(
    body: bytes | str = "hello", *headers: bytes | str, sender: str = "Ann <a@x.test>"
) -> bytes:
    return b"\r\n".join([b"From: " + sender.encode(), *map(_bytes, headers), b"", _bytes(body)])


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def nested(depth: int) -> bytes:
    edges = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return b"From: a@x.test\r\n" + b"".join(edges) + b"\r\nhi"


HTML = "Content-Type: text/html"
REFUSED = {
    "1,000 nested multiparts": nested(1000),
    "400 nested multiparts": nested(400),
    "2,000 nested mails": letter(
        b"Content-Type: message/rfc822\r\n\r\n" * 2000, "Content-Type: message/rfc822"
    ),
    "100,000 parts": letter(
        b"--b\r\n\r\nx\r\n" * 100_000, "Content-Type: multipart/mixed; boundary=b"
    ),
    "100,000 headers": letter("hi", *(f"X-{n}: y" for n in range(100_000))),
    "50 MB": b"a" * 50_000_000,
}
READ = {
    "a subject of 10 MB": letter("hi", b"Subject: " + b"a" * 10_000_000),
    "a subject of 10 MB of words": letter("hi", b"Subject: " + b"a b " * 2_500_000),
    "30,000 recipients": letter("hi", "To: " + ", ".join(f"u{n}@x.test" for n in range(30_000))),
    "5,000 encoded words": letter("hi", "Subject: " + "=?utf-8?q?aa?= " * 5_000),
    "20,000 encoded words": letter("hi", "Subject: " + "=?utf-8?q?aa?= " * 20_000),
    "5,000 open comments": letter("hi", sender="(" * 5000),
    "2,000 nested comments": letter("hi", sender="(" * 2000 + ")" * 2000 + " a@x.test"),
    "20,001 quotation marks": letter("hi", sender='"' * 20_001),
    "references of 1 MB": letter(
        "hi", "References: " + " ".join(f"<{n}@x>" for n in range(90_000))
    ),
    "a charset that is a path": letter("hi", "Content-Type: text/plain; charset=../../x"),
    "a charset that unpacks": letter("hi", "Content-Type: text/plain; charset=zlib_codec"),
    "a charset of host names": letter(b"caf\xe9", "Content-Type: text/plain; charset=idna"),
    "24 MB of quoted-printable": letter(
        b"=68=69 " * 3_500_000, "Content-Transfer-Encoding: quoted-printable"
    ),
    "20 MB of bad base64": letter(b"aGk!=b" * 3_500_000, "Content-Transfer-Encoding: base64"),
    "a deep page": letter("<div>" * 50_000 + "hi", HTML),
    "a wide table": letter("<table><tr><td>" + "hi" * 90_000 + "<tr><td>x" * 5000, HTML),
    "many introductions": letter("On 1 Jan 2020, \r\n" * 3000 + "hi"),
    "one line of 39 MB": letter(b"hi" * 19_500_000),
}
