"""What the server knows of the people who use it: in memory only, of so many at once, and for so long."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.answers import Answers
from painrules.interview import Progress, start

IDLE_HOURS = 4
MOST_SESSIONS = 500
MOST_STEPS_BACK = 100


class Session(Struct):
    """One person's interview. What changes is replaced under the lock; what is read is immutable."""

    id: str
    token: str
    """Stands in every form: a page of another site cannot know it."""
    language: str
    progress: Progress
    wish: Wish
    used: float = 0.0
    lock: Lock = field(default_factory=Lock)

    @property
    def answers(self) -> Answers:
        """What was answered until now."""
        return self.progress.answers

    def go(self, move: Callable[[Progress], Progress]) -> tuple[Progress, Progress]:
        """Go a step on from wherever the session stands; gives the progress before and after it."""
        with self.lock:
            before = self.progress
            self.progress = _without_the_oldest(move(before))
            return before, self.progress

    def change(self, answers: Callable[[Answers], Answers]) -> None:
        """Change the answers without a step of the interview."""
        with self.lock:
            self.progress = replace(self.progress, answers=answers(self.progress.answers))


class Wish(Struct, frozen=True):
    """What the person chose to look at, between choosing it on one page and seeing it on the next."""

    tried: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    question: str = ""
    other: Answers | None = None


def trail(progress: Progress) -> list[Progress]:
    """Every step that led here, the first one first."""
    steps = [progress]
    while steps[-1].before is not None:
        steps.append(steps[-1].before)
    return steps[::-1]


def _without_the_oldest(progress: Progress) -> Progress:
    """Memory is bounded however often somebody answers; going back that far is cut off."""
    steps = trail(progress)
    if len(steps) <= MOST_STEPS_BACK:
        return progress
    kept: Progress | None = None
    for step in steps[-MOST_STEPS_BACK // 2 :]:
        kept = replace(step, before=kept)
    return kept or progress


class Sessions:
    """All sessions by id, the longest idle one first; it is forgotten when there are too many, or after some hours."""

    def __init__(
        self,
        most: int = MOST_SESSIONS,
        idle: float = IDLE_HOURS * 3600,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._most, self._idle, self._clock = most, idle, clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, language: str, answers: Answers | None = None) -> Session:
        """A new session with an id that nobody can guess."""
        with self._lock:
            self._forget_idle()
            while len(self._sessions) >= self._most:
                self._sessions.popitem(last=False)
            id, token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
            session = Session(id, token, language, start(answers or Answers()), Wish(), self._clock())
            self._sessions[id] = session
            return session

    def find(self, id: str) -> Session | None:
        """The session with this id, which was used just now."""
        with self._lock:
            self._forget_idle()
            session = self._sessions.get(id)
            if session is not None:
                session.used = self._clock()
                self._sessions.move_to_end(id)
            return session

    def end(self, id: str) -> None:
        """Forget a session."""
        with self._lock:
            self._sessions.pop(id, None)

    def _forget_idle(self) -> None:
        now = self._clock()
        while self._sessions and now - next(iter(self._sessions.values())).used > self._idle:
            self._sessions.popitem(last=False)
