#!/usr/bin/env python3
"""A model that follows a script, for tests with real coding agents; Python's standard library is all it needs.

It speaks OpenAI's chat completions and responses, Anthropic's messages and Gemini's generateContent, streamed and
not. The script travels inside the prompt, so the server remembers nothing and any number of agents can use it:

    <script>[{"write": {"path": "a.txt", "content": "x"}}, {"shell": "git add -A"}, {"text": "done"}]</script>

Step k is the answer when k results of tools follow the script in the conversation. What a step needs is looked up
among the tools the agent offers, whatever it calls them. A question without tools (for a title, say) gets a short text.

usage: scripted_llm.py LOG, prints the port it chose; the key it insists on is in the environment, SCRIPTED_KEY
"""

import json
import os
import re
import shlex
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = os.environ["SCRIPTED_KEY"]
INPUT, CACHED, OUTPUT = 1000, 400, 50

WRITE = ["write", "write_file", "create_file", "create", "write_to_file"]
SHELL = ["bash", "run_shell_command", "exec_command", "shell", "shell_command", "execute_command", "run_terminal_command", "local_shell"]
PATH = ["filepath", "file_path", "absolute_path", "path"]
BODY = ["content", "file_text", "contents", "text"]
COMMAND = ["command", "cmd", "script"]


# ---- what to do next -------------------------------------------------------------------------------------------


class Tool:
    """A tool an agent offers."""

    def __init__(self, name, schema, **more):
        self.name, self.schema, self.more = name, schema or {}, more

    def fields(self):
        return self.schema.get("properties") or {}

    def field(self, names):
        known = {field.lower(): field for field in self.fields()}
        return next((known[name] for name in names if name in known), None)

    def call(self, given):
        """The tool with its arguments; what it insists on and nobody gave gets a harmless value."""
        given = dict(given)
        empty = {"boolean": False, "integer": 1, "number": 1, "array": [], "object": {}}
        for name in self.schema.get("required") or []:
            field = self.fields().get(name) or {}
            kind = field.get("type")
            kind = str(kind[0] if isinstance(kind, list) else kind).lower()
            given.setdefault(name, (field.get("enum") or [empty.get(kind, "scripted")])[0])
        return self, given


def pick(tools, names):
    known = {tool.name.lower(): tool for tool in tools}
    return next((known[name] for name in names if name in known), None)


def answer(said, tools):
    """The next text, or the next tool with its arguments. `said` has ("result" or "words", text) in order."""
    script, begun = None, 0
    for at, (kind, text) in enumerate(said):
        for found in re.finditer(r"<script>(.*?)</script>", text or "", re.S) if kind == "words" else []:
            try:
                script, begun = json.loads(found.group(1)), at
            except ValueError as error:
                note(bad_script=str(error))
    if script is None or not tools:
        return "A scripted answer"
    done = sum(1 for kind, _ in said[begun + 1 :] if kind == "result")
    return step(script[done], tools) if done < len(script) else "The script is over"


def step(wanted, tools):
    if "text" in wanted:
        return wanted["text"]
    if "tool" in wanted:
        ends = re.compile(r"(^|[^a-zA-Z0-9])" + re.escape(wanted["tool"]) + "$")
        found = next((tool for tool in tools if ends.search(tool.name)), None)
        return found.call(wanted.get("args", {})) if found else missing(wanted["tool"], tools)
    if "write" in wanted:
        path, content = wanted["write"]["path"], wanted["write"]["content"]
        tool = pick(tools, WRITE)
        names = tool and (tool.field(PATH), tool.field(BODY))
        if names and all(names):
            return tool.call({names[0]: path, names[1]: content})
        folder = shlex.quote(os.path.dirname(path) or ".")
        wanted = {"shell": f"mkdir -p {folder} && printf %s {shlex.quote(content)} > {shlex.quote(path)}"}
    tool = pick(tools, SHELL)
    if not tool:
        return missing("shell", tools)
    name = tool.field(COMMAND) or "command"
    is_list = (tool.fields().get(name) or {}).get("type") == "array"
    return tool.call({name: ["bash", "-lc", wanted["shell"]] if is_list else wanted["shell"]})


def missing(name, tools):
    return f"There is no tool {name} among {[tool.name for tool in tools]}"


def flat(content):
    """The text in whatever a provider wraps it."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(map(flat, content))
    if isinstance(content, dict):
        return content.get("text") or flat(content.get("content") or content.get("parts"))
    return ""


def some(prefix):
    return prefix + uuid.uuid4().hex[:16]


# ---- OpenAI, chat completions ------------------------------------------------------------------------------------


def chat(asked, _path):
    kinds = {"tool": "result"}
    said = [(kinds.get(one["role"], "words"), flat(one.get("content"))) for one in asked.get("messages", [])]
    offered = [tool.get("function", {}) for tool in asked.get("tools") or []]
    next_one = answer(said, [Tool(tool.get("name", ""), tool.get("parameters")) for tool in offered])
    head = {"id": some("chatcmpl-"), "created": 0, "model": asked.get("model")}
    usage = {"prompt_tokens": INPUT, "completion_tokens": OUTPUT, "total_tokens": INPUT + OUTPUT, "prompt_tokens_details": {"cached_tokens": CACHED}}
    if isinstance(next_one, str):
        message, end, deltas = {"content": next_one}, "stop", [{"content": word} for word in re.findall(r"\S+\s*", next_one)]
    else:
        call = {"id": some("call_"), "type": "function", "function": {"name": next_one[0].name, "arguments": json.dumps(next_one[1])}}
        message, end = {"content": None, "tool_calls": [call]}, "tool_calls"
        deltas = [{"tool_calls": [{"index": 0, **call, "function": {**call["function"], "arguments": ""}}]}]
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in parts(next_one[1])]
    if not asked.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": end}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
    deltas = [{"role": "assistant", "content": ""}, *deltas, {}]
    ends = [None] * (len(deltas) - 1) + [end]
    chunks = [[{"index": 0, "delta": delta, "finish_reason": end}] for delta, end in zip(deltas, ends)]
    events = [(None, {**head, "object": "chat.completion.chunk", "choices": choices}) for choices in chunks]
    if (asked.get("stream_options") or {}).get("include_usage"):
        events.append((None, {**head, "object": "chat.completion.chunk", "choices": [], "usage": usage}))
    return [*events, (None, "[DONE]")]


def parts(arguments):
    text = json.dumps(arguments)
    return [text[at : at + 40] for at in range(0, len(text), 40)]


# ---- OpenAI, responses ---------------------------------------------------------------------------------------------


def responses(asked, _path):
    given = asked.get("input") or []
    given = [{"role": "user", "content": given}] if isinstance(given, str) else given
    said = []
    offered = list(asked.get("tools") or [])
    for one in given:
        kind = one.get("type") or "message"
        if kind.endswith("_output"):
            said.append(("result", flat(one.get("output"))))
        elif kind == "message":
            said.append(("words", flat(one.get("content"))))
        offered += one.get("tools") or []
    tools = []
    for tool in offered:
        inner = tool.get("tools") if tool.get("type") == "namespace" else [tool]
        more = {"namespace": tool["name"]} if tool.get("type") == "namespace" else {}
        tools += [Tool(one.get("name") or one["type"], one.get("parameters"), kind=one["type"], **more) for one in inner if one.get("type")]
    next_one = answer(said, tools)
    if isinstance(next_one, str):
        item = {"type": "message", "id": some("msg_"), "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": next_one, "annotations": []}]}
    else:
        tool, arguments = next_one
        item = {"type": "function_call", "id": some("fc_"), "call_id": some("call_"), "name": tool.name, "arguments": json.dumps(arguments), "status": "completed"}
        if "namespace" in tool.more:
            item["namespace"] = tool.more["namespace"]
    usage = {"input_tokens": INPUT, "input_tokens_details": {"cached_tokens": CACHED}, "output_tokens": OUTPUT, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": INPUT + OUTPUT}
    whole = {"id": some("resp_"), "object": "response", "created_at": 0, "model": asked.get("model"), "status": "completed", "output": [item], "usage": usage}
    if not asked.get("stream"):
        return whole
    events = [{"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}}]
    events.append({"type": "response.output_item.added", "output_index": 0, "item": {**item, **({"content": []} if item["type"] == "message" else {})}})
    if isinstance(next_one, str):
        events.append({"type": "response.output_text.delta", "item_id": item["id"], "output_index": 0, "content_index": 0, "delta": next_one})
    events.append({"type": "response.output_item.done", "output_index": 0, "item": item})
    events.append({"type": "response.completed", "response": whole})
    return [(event["type"], {**event, "sequence_number": at}) for at, event in enumerate(events)]


# ---- Anthropic, messages -----------------------------------------------------------------------------------------


def messages(asked, _path):
    said = [("words", flat(asked.get("system")))]
    for one in asked.get("messages", []):
        blocks = one.get("content")
        for block in [{"type": "text", "text": blocks}] if isinstance(blocks, str) else blocks or []:
            said.append(("result" if block.get("type") == "tool_result" else "words", flat(block)))
    next_one = answer(said, [Tool(tool.get("name", ""), tool.get("input_schema")) for tool in asked.get("tools") or []])
    usage = {"input_tokens": INPUT - CACHED, "output_tokens": OUTPUT, "cache_creation_input_tokens": 0, "cache_read_input_tokens": CACHED}
    if isinstance(next_one, str):
        block, empty, end = {"type": "text", "text": next_one}, {"text": ""}, "end_turn"
        deltas = [{"type": "text_delta", "text": next_one}]
    else:
        tool, arguments = next_one
        block, empty, end = {"type": "tool_use", "id": some("toolu_"), "name": tool.name, "input": arguments}, {"input": {}}, "tool_use"
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts(arguments)]
    whole = {"id": some("msg_"), "type": "message", "role": "assistant", "model": asked.get("model"), "content": [block], "stop_reason": end, "stop_sequence": None, "usage": usage}
    if not asked.get("stream"):
        return whole
    events = [{"type": "message_start", "message": {**whole, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}}]
    events.append({"type": "content_block_start", "index": 0, "content_block": {**block, **empty}})
    events += [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    events.append({"type": "content_block_stop", "index": 0})
    events.append({"type": "message_delta", "delta": {"stop_reason": end, "stop_sequence": None}, "usage": {"output_tokens": OUTPUT}})
    events.append({"type": "message_stop"})
    return [(event["type"], event) for event in events]


# ---- Gemini ------------------------------------------------------------------------------------------------------


def generate(asked, path):
    said = [("words", flat(asked.get("systemInstruction")))]
    for one in asked.get("contents", []):
        for part in one.get("parts", []):
            said.append(("result", "") if "functionResponse" in part else ("words", part.get("text", "")))
    settings = asked.get("generationConfig") or {}
    if settings.get("responseJsonSchema") or settings.get("responseMimeType") == "application/json":
        # The command line asks such things of itself: who speaks next, which model to take.
        next_one = json.dumps({"reasoning": "scripted", "next_speaker": "user", "model_choice": "flash", "complexity_reasoning": "", "complexity_score": 1})
    else:
        offered = [tool for group in asked.get("tools") or [] for tool in group.get("functionDeclarations") or []]
        next_one = answer(said, [Tool(tool["name"], tool.get("parametersJsonSchema") or tool.get("parameters")) for tool in offered])
    part = {"text": next_one} if isinstance(next_one, str) else {"functionCall": {"id": some(""), "name": next_one[0].name, "args": next_one[1]}}
    usage = {"promptTokenCount": INPUT, "cachedContentTokenCount": CACHED, "candidatesTokenCount": OUTPUT, "totalTokenCount": INPUT + OUTPUT}
    model = path.rsplit("/", 1)[-1].split(":")[0]
    whole = {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}], "usageMetadata": usage, "modelVersion": model, "responseId": some("")}
    return [(None, whole)] if "stream" in path else whole


# ---- the server --------------------------------------------------------------------------------------------------

ROUTES = [("/chat/completions", chat), ("/responses", responses), ("/messages", messages), ("GenerateContent", generate), (":generateContent", generate)]
writing = threading.Lock()


def note(**what):
    with writing, open(sys.argv[1], "a") as log:
        log.write(json.dumps(what) + "\n")


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.is_known():
            model = {"id": "scripted", "object": "model", "type": "model", "display_name": "Scripted", "created_at": "2026-01-01T00:00:00Z"}
            self.whole({"object": "list", "data": [model], "models": [{"name": "models/scripted"}], "has_more": False})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        if not self.is_known():
            return
        asked = json.loads(body or b"{}")
        if path.endswith(("count_tokens", "countTokens")):
            return self.whole({"input_tokens": INPUT, "totalTokens": INPUT})
        way = next((way for end, way in ROUTES if path.endswith(end)), None)
        if way is None:
            note(path=path, unknown=True)
            return self.whole({"error": {"message": "there is nothing here"}}, 404)
        said = way(asked, path)
        note(path=path, answer=json.dumps(said)[-400:])
        self.events(said) if isinstance(said, list) else self.whole(said)

    def is_known(self):
        bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        if KEY in (bearer, self.headers.get("x-api-key"), self.headers.get("x-goog-api-key")):
            return True
        note(path=self.path, unauthorized=True)
        self.whole({"error": {"message": "this is not the key"}}, 401)
        return False

    def whole(self, said, status=200):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def events(self, said):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for name, event in said:
            text = f"event: {name}\n" if name else ""
            text += f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n"
            body = text.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.wfile.write(b"0\r\n\r\n")


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
