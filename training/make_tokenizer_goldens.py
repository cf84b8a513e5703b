"""Makes the fixtures of the prompt tokenizer: a small vocabulary of UMT5's kind, and what the original libraries make
of prompts with it.

    python3 training/make_tokenizer_goldens.py

Trains a SentencePiece unigram model on the sentences below (UMT5's own has 256,000 pieces), writes it as
SentencePiece does (spiece.model) and as transformers does for google/umt5-xxl (tokenizer.json), and tokenizes the
prompts after Wan2.1's cleaning: ftfy, HTML entities twice, white space. Needs sentencepiece, tokenizers and ftfy.
"""

import html
import io
import json
import re
from pathlib import Path

import ftfy
import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

FIXTURES = Path(__file__).parent.parent / "src/model/fixtures/umt5"
VOCABULARY = 300

SENTENCES = """
A red sailboat crosses the bay at sunset, wide shot, the camera follows it slowly.
Two anthropomorphic cats in comfy boxing gear fight intensely on a spotlighted stage.
Close-up of an old lighthouse keeper who lights the lamp while the storm is coming in.
A stylish woman walks down a Tokyo street filled with warm glowing neon and signs.
The boat drifts in the rain, its sail torn, gulls circle above the grey water.
In the morning the harbour is calm; a dog runs along the pier, and the keeper waves.
Ein Boot fährt über das Wasser. Un bateau traverse la baie au coucher du soleil.
一只红色的帆船在日落时穿过海湾。两只猫在舞台上打拳击。雨中的城市街道，霓虹灯闪烁。
赤い帆船が夕暮れの湾を渡る。灯台守がランプに火をともす。
Красная лодка плывёт по заливу на закате. Камера медленно следует за ней.
"""

PROMPTS = [
    "",
    " ",
    "A red sailboat crosses the bay at sunset",
    "a  boat\t\tin\r\nthe   rain ",
    "Two cats, wide shot. Two cats!",
    "Tom &amp; Jerry &lt;3 &amp;amp; 100%",
    "&quot;Fish &amp; chips&quot; &#8212; caf&eacute; &#x1F600;",
    "“Curly” ‘quotes’ and it’s a dog’s life…",
    "色调艳丽，过曝，静态，细节模糊不清",
    "ｆｕｌｌ　ｗｉｄｔｈ ﾊﾝｶｸ ﬁlm ﬂow oﬃce",
    "a boat 🚤 on the 🌊🌊 water",
    "pièce de résistance, naïve",
    "e\u0301tude in the morning\u200b light",
    "zero\u0000width\u0007control\ufeff characters\u001b[31m red\u001b[0m",
    "line one\u2028line two\u0085line three",
    "tabs\u00a0and\u3000spaces\u2003of every kind",
    "</s> <pad> in a prompt",
    "ÅÄÖ ßẞ ĳsberg Ǆ",
    "лодка и 灯台 and harbour, all together",
    "x" * 60 + " sail",
    "the rain in the bay " * 40,
]


def clean(text: str) -> str:
    """As wan/modules/tokenizers.py cleans with "whitespace"."""
    text = html.unescape(html.unescape(ftfy.fix_text(text))).strip()
    return re.sub(r"\s+", " ", text).strip()


def train() -> bytes:
    model = io.BytesIO()
    lines = [line for line in SENTENCES.strip().splitlines() for _ in range(20)]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        vocab_size=VOCABULARY,
        normalization_rule_name="identity",
        character_coverage=0.98,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return model.getvalue()


def as_transformers(model: bytes) -> Tokenizer:
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    vocabulary = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(pieces.vocab_size())]
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in ("<pad>", "</s>", "<s>", "<unk>")])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    return tokenizer


def main() -> None:
    FIXTURES.mkdir(parents=True, exist_ok=True)
    model = train()
    tokenizer = as_transformers(model)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    prompts = []
    for text in PROMPTS:
        cleaned = clean(text)
        ids = tokenizer.encode(cleaned).ids
        if "<" not in cleaned:
            assert ids == [*pieces.encode(cleaned), 1], (cleaned, ids, pieces.encode(cleaned))
        prompts.append({"text": text, "cleaned": cleaned, "ids": ids})
    (FIXTURES / "spiece.model").write_bytes(model)
    tokenizer.save(str(FIXTURES / "tokenizer.json"))
    (FIXTURES / "prompts.json").write_text(json.dumps(prompts, ensure_ascii=True, indent=1) + "\n")
    for path in sorted(FIXTURES.iterdir()):
        print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
