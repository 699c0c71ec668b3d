"""How soon does a small language model match what it is told with the options of a question?

    python benchmarks/binding.py

Made-up faces (an age, a gender, a race of FairFace's vocabularies), five multiple-choice questions
about each, SmolLM2-135M-Instruct with LoRA rank 16. What stands before the questions differs:

- `text`: the facts in words;
- `spelled`: embeddings of the facts' words, blurred with a second candidate and noise;
- `fact`: one vector for each fact, the mean of its words' embeddings;
- `code`: a sum of random codes through a trained connector, with the list of facts to write.

`spelled` and `code` come after steps of `text` (every fourth step stays text). Prints the share of
right answers over the last 75 questions. About twenty minutes on two cores.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer

from facelm.models.language import language_model
from facelm.prompts import choice_prompt, listing
from facelm.types import FAIRFACE_AGES, FAIRFACE_GENDERS, FAIRFACE_RACES

WORDS = {"age": FAIRFACE_AGES, "gender": FAIRFACE_GENDERS, "race": FAIRFACE_RACES}
QUESTIONS = {
    "age": "Which age group does this person appear to be in?",
    "gender": "What is the apparent gender of the person in this picture?",
    "race": "What is the apparent ethnicity of the person in this picture?",
}
SLOTS = {"age": 5, "gender": 1, "race": 4}
CODE_WIDTH, CODE_TOKENS = 64, 8


@dataclass
class Bench:
    """The language model, its adapter, and everything drawn."""

    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def __post_init__(self) -> None:
        torch.manual_seed(0)
        folder = language_model()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        linear = [n for n, m in self.model.named_modules() if isinstance(m, nn.Linear)]
        targets = [name for name in linear if name != "lm_head"]
        config = LoraConfig(r=16, lora_alpha=32, target_modules=targets)
        self.adapted = get_peft_model(self.model, config).train()
        for parameter in self.adapted.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()
        self.words = self.model.get_input_embeddings().weight.detach().float()
        self.letters = [self.ids(letter)[0] for letter in "ABCD"]
        self.codes = {k: torch.randn(len(v), CODE_WIDTH) for k, v in WORDS.items()}
        self.connector = nn.Sequential(nn.Linear(CODE_WIDTH, 576), nn.GELU(), nn.Linear(576, 576))
        self._settle()

    def _settle(self) -> None:
        """The connector starts with mean zero and the size of words."""
        with torch.no_grad():
            tokens = torch.cat([self.code(self.face()) for _ in range(50)])
            mean, size = tokens.mean(0), (tokens - tokens.mean(0)).norm(dim=1).mean()
            scale = self.words.norm(dim=1).mean() / size
            self.connector[2].bias.sub_(mean).mul_(scale)
            self.connector[2].weight.mul_(scale)

    def ids(self, text: str) -> list[int]:
        """Tokens of a text."""
        return list(self.tokenizer(text).input_ids)

    def face(self) -> dict[str, str]:
        """A made-up face."""
        return {name: self.rng.choice(words) for name, words in WORDS.items()}

    def text(self, face: dict[str, str]) -> Tensor:
        """The facts as words."""
        names = sorted(face, key=lambda _: self.rng.random())
        return self.words[self.ids(listing({name: face[name] for name in names}))]

    def spelled(self, face: dict[str, str]) -> Tensor:
        """Blurred embeddings of the facts' words."""
        tokens = []
        for name, value in face.items():
            sure = self.rng.choice((1, 0.9, 0.8, 0.7, 0.6))
            other = self.rng.choice(WORDS[name])
            tokens.append(sure * self._slots(name, value) + (1 - sure) * self._slots(name, other))
        return self._noisy(torch.cat(tokens))

    def _slots(self, name: str, value: str) -> Tensor:
        ids = self.ids(value)[: SLOTS[name]]
        return self.words[ids + self.ids(";") * (SLOTS[name] - len(ids))]

    def fact(self, face: dict[str, str]) -> Tensor:
        """One vector for each fact, twice."""
        tokens = []
        for name, value in face.items():
            means = {w: self.words[self.ids(w)].mean(0) for w in WORDS[name]}
            direction = means[value] - torch.stack(list(means.values())).mean(0)
            tokens += [direction / direction.norm() * self.words.norm(dim=1).mean()] * 2
        return self._noisy(torch.stack(tokens))

    def code(self, face: dict[str, str]) -> Tensor:
        """A sum of random codes through the connector."""
        total = sum(self.codes[name][WORDS[name].index(face[name])] for name in face)
        noise = 0.5 * torch.randn(CODE_TOKENS, CODE_WIDTH)
        seen: Tensor = self.connector(total + noise)
        return seen

    def _noisy(self, tokens: Tensor) -> Tensor:
        return tokens + 0.5 * self.words.std() * torch.randn(tokens.shape)

    def questions(self, face: dict[str, str]) -> list[tuple[str, str, str]]:
        """(task, prompt, answer) of five questions."""
        asked = []
        for name in ("age", "race", "age", "race", "gender"):
            others = [word for word in WORDS[name] if word != face[name]]
            options = [face[name], *self.rng.sample(others, min(3, len(others)))]
            self.rng.shuffle(options)
            prompt = choice_prompt(QUESTIONS[name], tuple(options), "Answer with the letter only.")
            asked.append((name, prompt, "ABCD"[options.index(face[name])]))
        return asked

    def step(self, told: Callable[[dict[str, str]], Tensor], lists: bool) -> tuple[Tensor, dict]:
        """Loss of one face's questions, and which tasks were answered rightly."""
        face = self.face()
        asked = self.questions(face)
        if lists:
            asked.append(("list", "List what can be seen of this face.", listing(face)))
        losses, right = [], {}
        prefix = torch.cat([self.words[self.ids("<|im_start|>user\n")], told(face)])
        for task, prompt, answer in asked:
            before = self.ids(f"\n{prompt}<|im_end|>\n<|im_start|>assistant\n")
            after = self.ids(answer)
            rows = torch.cat([prefix, self.words[before + after[:-1]]])
            hidden = self.model.model(inputs_embeds=rows[None].bfloat16()).last_hidden_state[0]
            logits = self.model.lm_head(hidden[-len(after) :]).float()
            losses.append(functional.cross_entropy(logits, torch.tensor(after)))
            if task != "list":
                chosen = "ABCD"[int(logits[0][self.letters].argmax())]
                right.setdefault(task, []).append(chosen == answer)
        return torch.stack(losses).mean(), right


def run(kind: str, before: int, steps: int) -> dict[str, float]:
    """`before` steps of text, then `steps` with the facts told as `kind`."""
    bench = Bench()
    told = {"text": bench.text, "spelled": bench.spelled, "fact": bench.fact, "code": bench.code}
    trained = [p for p in bench.adapted.parameters() if p.requires_grad]
    trained += list(bench.connector.parameters())
    optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.0)
    seen: dict[str, list[bool]] = {}
    for step in range(before + steps):
        rate = 1e-3 * min(1, (step + 1) / 20) * (1 - 0.9 * step / (before + steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        as_text = kind != "text" and before > 0 and (step < before or step % 4 == 0)
        loss, right = bench.step(bench.text if as_text else told[kind], lists=kind == "code")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        if not as_text:
            for task, answers in right.items():
                seen.setdefault(task, []).extend(answers)
    return {task: sum(answers[-75:]) / len(answers[-75:]) for task, answers in seen.items()}


def main() -> None:
    """Print one line per way of telling."""
    plan = (("text", 0, 150), ("spelled", 110, 60), ("fact", 110, 150), ("code", 110, 150))
    for kind, before, steps in plan:
        right = run(kind, before, steps)
        shares = ", ".join(f"{task} {share:.0%}" for task, share in right.items())
        print(f"{kind}, after {before} steps of text, {steps} steps: {shares}", flush=True)


if __name__ == "__main__":
    main()
