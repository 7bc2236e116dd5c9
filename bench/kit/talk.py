"""Text that looks like what customers write: words of four languages, few of them often."""

import random

SYLLABLES = {
    "en": "or der re fund ship ment in voice can cel ac count pass word de liv er pay late",
    "de": "Be stel lung Rech nung lie fer ung zu rück Kon to ver spä tung Preis ge sandt",
    "ru": "за каз воз врат до став ка счёт от ме на па роль те ле фон ку пил день ги",
    "uk": "за мов лен ня по вер не рах ку нок до став ка скар га пер е каз гро ші ма єте",
}
WORDS = 20_000


class Talk:
    """The same seed says the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._words = {language: self._vocabulary(language) for language in SYLLABLES}

    def text(self, language: str, size: int) -> str:
        """About so many characters, in lines."""
        words, length = [], 0
        while length < size:
            words.append(self.word(language))
            length += len(words[-1]) + 1
        lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
        return "\n".join(lines)[:size]

    def word(self, language: str) -> str:
        """Most words are rare and few are everywhere, as in a real language (Zipf)."""
        rank = int(WORDS ** self._chance.random())
        return self._words[language][rank % WORDS]

    def _vocabulary(self, language: str) -> list[str]:
        parts = SYLLABLES[language].split()
        return [self._made_of(parts) for _ in range(WORDS)]

    def _made_of(self, parts: list[str]) -> str:
        return "".join(self._chance.choices(parts, k=self._chance.randint(1, 4)))
