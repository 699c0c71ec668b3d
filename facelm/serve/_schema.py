"""The requests the server takes: OpenAI's chat format, closed. An unknown field is an error."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_TOKENS = 1024
DEFAULT_TOKENS = 256
MAX_TEXT = 8000
Text = Annotated[str, Field(max_length=MAX_TEXT)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(_Closed):
    """A piece of text in a message."""

    type: Literal["text"]
    text: Text


class ImageURL(_Closed):
    """Where a picture stands; only data: URLs are read."""

    url: str
    detail: Literal["auto", "low", "high"] = "auto"
    """Taken and not used: there is one resolution."""


class ImagePart(_Closed):
    """A picture in a message."""

    type: Literal["image_url"]
    image_url: ImageURL


class VideoURL(_Closed):
    """Where a video stands; only data: URLs are read."""

    url: str


class VideoPart(_Closed):
    """A video in a message, as vLLM and SGLang take it; OpenAI's own API has none."""

    type: Literal["video_url"]
    video_url: VideoURL


Part = Annotated[TextPart | ImagePart | VideoPart, Field(discriminator="type")]


class Message(_Closed):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | Annotated[list[Part], Field(min_length=1, max_length=16)]

    @property
    def parts(self) -> list[TextPart | ImagePart | VideoPart]:
        """The content as parts, whichever way it was written."""
        if isinstance(self.content, str):
            return [TextPart(type="text", text=self.content)]
        return self.content

    @property
    def text(self) -> str:
        """All text of the message, pictures left out."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def video(self) -> VideoPart | None:
        """The first video in it."""
        return next((part for part in self.parts if isinstance(part, VideoPart)), None)


class ChatRequest(_Closed):
    """The body of POST /v1/chat/completions."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=64)]
    max_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1, le=MAX_TOKENS)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """Taken and not used: answers are greedy, and the reply's headers say so."""
    seed: int | None = None
    """Taken and not used, for the same reason."""
    stream: bool = False
    n: Literal[1] = 1

    @property
    def tokens(self) -> int:
        """How long the answer may be."""
        return self.max_completion_tokens or self.max_tokens or DEFAULT_TOKENS
