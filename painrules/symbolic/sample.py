"""Sets of people as the bits of a number: some random people, one bit each. A quick filter before diagrams decide."""

from __future__ import annotations

import random
from collections.abc import Iterable

from painrules.symbolic.sets import union
from painrules.symbolic.space import NO, YES, Space


class Sample:
    """Some people of a space. Few illnesses are common and many are rare, so each yes is drawn with its own chance."""

    def __init__(self, space: Space, count: int = 8_192, seed: int = 1) -> None:
        self.space = space
        self.count = count
        self.everyone = (1 << count) - 1
        self.nobody = 0
        self._masks: dict[str, list[int]] = {}
        self._dice = random.Random(seed)
        for name, field in space.fields.items():
            self._masks[name] = self._drawn(len(field.values), rare=field.kind in ("item", "condition"))
        self._mend()

    def having(self, field: str, codes: Iterable[int]) -> int:
        """Those who have one of these codes in a field."""
        return union(self, (self._masks[field][code] for code in codes))

    def codes(self, person: int) -> dict[str, int]:
        """The codes of one person of the sample."""
        return {
            name: code for name, masks in self._masks.items() for code, mask in enumerate(masks) if mask >> person & 1
        }

    def _drawn(self, codes: int, rare: bool) -> list[int]:
        """Everyone dealt out among the codes of a field."""
        left = self.everyone
        masks = [0] * codes
        for code in range(codes - 1, 0, -1):
            masks[code] = left & self._bits(3 if rare else 2 if code == codes - 1 else 1)
            left &= ~masks[code]
        masks[0] = left
        return masks

    def _bits(self, halvings: int) -> int:
        bits = self.everyone
        for _ in range(halvings):
            bits &= self._dice.getrandbits(self.count)
        return bits

    def _mend(self) -> None:
        """No item is ticked of a question without answer; everyone has some kind of pain."""
        for name, masks in self._masks.items():
            if self.space.fields[name].kind == "item":
                masks[YES] &= ~self._masks[name.partition(":")[0]][NO]
                masks[NO] = self.everyone & ~masks[YES]
        conditions = [self._masks[f"condition:{id}"] for id in self.space.conditions]
        without = self.everyone
        for masks in conditions:
            without &= masks[NO]
        for masks in conditions[:1]:
            masks[YES] |= without
            masks[NO] &= ~without
