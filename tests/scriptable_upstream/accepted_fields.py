"""The fields that strict providers take in a request; one that is not among them is an error there."""

SAMPLING = frozenset({"temperature", "top_p", "stop", "seed", "n", "presence_penalty", "frequency_penalty"})
TOOLS = frozenset({"tools", "tool_choice", "parallel_tool_calls"})
PLAIN = frozenset({"model", "messages", "stream", "max_tokens", "response_format"})

OPENAI_CHAT = (
    PLAIN
    | SAMPLING
    | TOOLS
    | {"audio", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "metadata"}
    | {"modalities", "moderation", "prediction", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"}
    | {"reasoning_effort", "safety_identifier", "service_tier", "store", "stream_options", "top_logprobs", "user"}
    | {"verbosity", "web_search_options"}
)
OPENAI_RESPONSES = frozenset(
    {"background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens"}
    | {"max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls", "previous_response_id", "prompt"}
    | {"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier"}
    | {"service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools"}
    | {"top_logprobs", "top_p", "truncation", "user", "client_metadata"}
)
GROQ_CHAT = (
    PLAIN
    | SAMPLING
    | TOOLS
    | {"citation_options", "compound_custom", "disable_tool_validation", "documents", "exclude_domains"}
    | {"function_call", "functions", "include_domains", "include_reasoning", "logit_bias", "logprobs"}
    | {"max_completion_tokens", "metadata", "reasoning_effort", "reasoning_format", "search_settings"}
    | {"service_tier", "store", "stream_options", "top_logprobs", "user"}
)
#: Penalties, logit_bias and service_tier are documented to be refused.
CEREBRAS_CHAT = (
    (PLAIN | TOOLS | {"temperature", "top_p", "stop", "seed", "n"})
    | {"max_completion_tokens", "logprobs", "top_logprobs", "prediction", "reasoning_effort", "reasoning_format"}
    | {"stream_options", "user", "clear_thinking", "disable_reasoning", "prompt_cache_key"}
)
#: Neither `seed` nor `user` nor `max_completion_tokens`, and usage needs not be asked for.
MISTRAL_CHAT = (
    PLAIN
    | (SAMPLING - {"seed"})
    | TOOLS
    | {"random_seed", "metadata", "prediction", "prompt_mode", "reasoning_effort", "safe_prompt", "guardrails"}
    | {"prompt_cache_key"}
)
ANTHROPIC_MESSAGES = frozenset(
    {"cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages", "metadata", "model"}
    | {"output_config", "service_tier", "speed", "stop_sequences", "stream", "system", "temperature", "thinking"}
    | {"tool_choice", "tools", "top_k", "top_p", "user_profile_id", "workspace_id"}
)
GEMINI_CONTENT = frozenset(
    {"contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig", "cachedContent"}
    | {"model", "serviceTier", "store", "labels"}
)
GEMINI_CONFIG = frozenset(
    {"stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "_responseJsonSchema"}
    | {"responseModalities", "candidateCount", "maxOutputTokens", "temperature", "topP", "topK", "seed"}
    | {"presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers"}
    | {"speechConfig", "thinkingConfig", "imageConfig", "mediaResolution", "audioTimestamp"}
)

CHAT = {"openai": OPENAI_CHAT, "groq": GROQ_CHAT, "cerebras": CEREBRAS_CHAT, "mistral": MISTRAL_CHAT}
#: What a message of the assistant may hold where the provider is strict in that too.
ASSISTANT = {
    "groq": frozenset({"role", "content", "name", "tool_calls", "function_call", "reasoning"}),
    "cerebras": frozenset({"role", "content", "name", "tool_calls", "reasoning"}),
    "mistral": frozenset({"role", "content", "tool_calls", "prefix"}),
}
