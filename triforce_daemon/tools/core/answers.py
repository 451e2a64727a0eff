"""What models are asked for: an answer, data, several answers, an opinion, vectors."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.asking.asker import Asker, Said, Told, Wanted
from triforce_daemon.services.asking.consensus import Agreed, Consensus
from triforce_daemon.services.asking.extraction import Extracted, Extraction
from triforce_daemon.services.asking.in_session import InSession
from triforce_daemon.services.asking.suggestion import ModelSuggestion, Suggestion
from triforce_daemon.services.asking.vectors import Embedder, Vectors
from triforce_daemon.services.token_counts import TokenCount, TokenCounts
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Model = Annotated[str | None, "an id, an alias or a bare name; without it the default model"]
Text = Annotated[str, "the text", Field(max_length=1_000_000)]
Targets = Annotated[list[str], "models, by id or alias", Field(min_length=1, max_length=20)]


@tool(
    tier="guest",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=(
        "ask",
        "LLM",
        "question",
        "answer",
        "generate",
        "completion",
        "fragen",
        "Frage",
        "Antwort",
        "Sprachmodell",
    ),
)
async def chat(
    message: Annotated[str, "what is said to the model", Field(min_length=1, max_length=1_000_000)],
    model: Model = None,
    system_prompt: Annotated[str | None, "how the model shall behave"] = None,
    temperature: Annotated[float, "randomness", Field(ge=0, le=2)] = 0.7,
    max_tokens: Annotated[int, "of the answer at most", Field(ge=1, le=1_000_000)] = 4096,
    session_id: Annotated[str | None, "go on with this conversation, and keep the turn in it"] = None,
    *,
    asker: Asker,
    sessions: InSession,
    call: ToolCall,
) -> Said:
    """Ask a model, and return its whole answer."""
    wanted = Wanted(message, model, system_prompt, temperature, max_tokens)
    if session_id is not None:
        return await sessions.ask(call.caller, call.request_id, session_id, wanted)
    return await asker.ask(call.caller, call.request_id, wanted)


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=("which model", "best model", "choose", "recommend", "cheapest", "welches Modell", "empfehlen", "Auswahl"),
)
async def model_route(
    message: Annotated[str, "what would be asked", Field(max_length=1_000_000)],
    model: Annotated[str, "an id or an alias; auto: any that may be called"] = "auto",
    strength: Annotated[
        Literal["code", "creative", "reasoning", "fast", "general"] | None, "what it should be good at"
    ] = None,
    max_cost: Annotated[Literal["free", "low", "medium", "high"], "what it may cost"] = "free",
    *,
    suggestion: Suggestion,
    call: ToolCall,
) -> ModelSuggestion:
    """Say which models would answer and why; nothing is sent."""
    return await suggestion.suggest(call.caller, message, model, strength, max_cost)


@tool(
    tier="free",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("structured data", "JSON", "parse text", "fields", "extrahieren", "auslesen", "Daten", "Schema"),
)
async def extract(
    text: Text,
    schema: Annotated[dict[str, Any], "JSON Schema of the data"],
    model: Model = None,
    instructions: Annotated[str | None, "what to look for"] = None,
    *,
    extraction: Extraction,
    call: ToolCall,
) -> Extracted:
    """Turn text into data that fits a JSON Schema."""
    return await extraction.extract(call.caller, call.request_id, text, schema, model, instructions)


class Broadcast(TypedDict):
    responses: dict[str, Told]
    ok_count: int


@tool(
    tier="pro",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("several models", "compare answers", "all models", "mehrere Modelle", "vergleichen", "gleichzeitig"),
)
async def llm_broadcast(
    targets: Targets,
    prompt: Text,
    max_tokens: Annotated[int, "of each answer at most", Field(ge=1, le=1_000_000)] = 1024,
    timeout: Annotated[int, "seconds that each may take", Field(ge=1, le=600)] = 120,
    *,
    asker: Asker,
    call: ToolCall,
) -> Broadcast:
    """Ask several models the same at once, and return what each says."""
    wanted = Wanted(prompt, max_tokens=max_tokens)
    told = await asker.ask_all(call.caller, call.request_id, targets, wanted, timeout)
    return Broadcast(responses=told, ok_count=sum(one["ok"] for one in told.values()))


@tool(
    tier="pro",
    effect="write",
    scope="inference",
    open_world=True,
    keywords=("vote", "majority", "agree", "opinion", "abstimmen", "Mehrheit", "einig", "Konsens", "Meinung"),
)
async def llm_consensus(
    targets: Targets,
    question: Text,
    weights: Annotated[dict[str, float] | None, "how much each counts; without it 1"] = None,
    min_agreement: Annotated[float, "the share that counts as agreed", Field(ge=0, le=1)] = 0.6,
    judge: Annotated[str | None, "a model that tells which answers mean the same; without it their words do"] = None,
    *,
    consensus: Consensus,
    call: ToolCall,
) -> Agreed:
    """Ask several models, and return what most of them agree on."""
    return await consensus.ask(call.caller, call.request_id, targets, question, weights or {}, min_agreement, judge)


@tool(
    tier="free",
    effect="read",
    scope="inference",
    idempotent=True,
    keywords=("vectors", "embedding", "semantic", "Vektor", "Einbettung", "Bedeutung"),
)
async def embed(
    texts: Annotated[list[str], "the texts", Field(min_length=1, max_length=2_048)],
    model: Model = None,
    *,
    embedder: Embedder,
    call: ToolCall,
) -> Vectors:
    """Turn texts into vectors, by a model that can."""
    return await embedder.vectors(call.caller, call.request_id, texts, model)


@tool(
    tier="guest",
    effect="read",
    idempotent=True,
    keywords=("how long", "length of a prompt", "size", "tokens", "zählen", "wie viele Tokens", "Länge"),
)
async def count_tokens(text: Text, model: Model = None, *, counts: TokenCounts, call: ToolCall) -> TokenCount:
    """Count the tokens of a text.

    Exactly where the model's provider counts, else by a guess that says so.
    """
    return await counts.count(call.caller, call.request_id, text, model)
