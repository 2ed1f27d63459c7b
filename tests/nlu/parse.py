"""Reads sentences with a trained model, under Rasa's Python: a sentence a line in, a JSON reading a line out."""

import asyncio
import json
import sys


async def main(model: str) -> None:
    """Write intent, entities and the tokenizer's cuts of every sentence on standard input."""
    from rasa.core.agent import load_agent
    from rasa.shared.nlu.constants import TEXT

    agent = await load_agent(model_path=model)
    for line in sys.stdin.read().splitlines():
        read = await agent.parse_message(line)
        entities = [{key: one[key] for key in ("entity", "start", "end", "value")} for one in read["entities"]]
        tokens = [list(pair) for pair in read.get("text_tokens", [])]
        found = {"text": read[TEXT], "intent": read["intent"]["name"], "entities": entities, "tokens": tokens}
        print("READ " + json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
