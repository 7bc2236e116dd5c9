"""Nkeys: who a connection is. The server knows public keys only; seeds stay with their owners."""

import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import nkeys

from wire import private_file

PUBLIC = re.compile(r"U[A-Z2-7]{55}")


@dataclass(frozen=True, slots=True)
class KeyPair:
    public: str
    seed: str = field(repr=False)


def new_pair(chance: bytes) -> KeyPair:
    """The pair made of these 32 random bytes."""
    return pair_of(nkeys.encode_seed(chance, nkeys.PREFIX_BYTE_USER).decode())


def pair_of(seed: str) -> KeyPair:
    """Raises ValueError when this is no seed of a user."""
    try:
        public = nkeys.from_seed(bytearray(seed.encode())).public_key.decode()
    except (nkeys.NkeysError, UnicodeError) as error:
        raise ValueError("this is no nkey seed") from error
    if PUBLIC.fullmatch(public) is None:
        raise ValueError("this is no user's nkey seed")
    return KeyPair(public, seed)


def kept(path: Path) -> KeyPair:
    """The pair kept in this file, made and kept (0600) when there is none yet."""
    try:
        return pair_of(path.read_text("ascii").strip())
    except FileNotFoundError:
        pair = new_pair(secrets.token_bytes(32))
        private_file.write(path, pair.seed + "\n")
        return pair
    except ValueError as error:
        raise ValueError(f"{path}: {error}. Remove the file to have a new key made") from error
