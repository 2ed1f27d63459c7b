"""The curator's verbs on a built base: publish by two people, what an examination stops, and what citizens miss."""

import asyncio
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import httpx2
import pytest

from bot.assembly.knowledge import ensure_knowledge
from bot.errors import KnowledgeUnavailable
from bot.messages import Candidate, ChannelName, Evidence, Outcome, Reply, Turn
from bot.sections import Knowledge
from bot.settings import Settings
from bot.store.database import Database
from bot.store.sql import SqlStore
from knowledge_base.__main__ import main as command_line
from knowledge_base.commands import main
from knowledge_base.desk import Desk
from knowledge_base.edition import load_edition
from knowledge_base.encoder import Encoder
from knowledge_base.entries import State
from knowledge_base.shelf import Shelf
from tests.knowledge_base.small import small_sources

pytestmark = pytest.mark.model
TODAY = date(2026, 11, 23)


class Base:
    """A small base built as the command line builds it."""

    def __init__(self, folder: Path) -> None:
        self.sources, self.shelf = folder / "kb", Shelf(folder / "versions")

    def run(self, *verb: str) -> int:
        return main(["--home", str(self.shelf.home), "--sources", str(self.sources), *verb])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    small_sources(folder / "kb")
    assert Base(folder).run("build") == 0
    return folder


@pytest.fixture
def base(built: Path, tmp_path: Path) -> Base:
    """A copy of the built base, to be changed at will."""
    shutil.copytree(built, tmp_path / "base")
    return Base(tmp_path / "base")


def test_a_change_two_people_agree_to_is_published_and_rolled_back(base: Base) -> None:
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.spoken=每年最多{rent_cap}元。")

    assert base.run("publish", "--by", "小李") == 1
    assert base.shelf.current() == first
    base.run("review", "withdrawal-rent-limit", "--by", "老王")
    assert base.run("publish", "--by", "小李") == 0

    served = load_edition(base.shelf, base.shelf.current()).serve("withdrawal-rent-limit", TODAY)
    assert served is not None
    assert served.spoken.startswith("每年最多16800元")
    assert [change.by for change in base.shelf.history()][-1] == "小李"
    assert base.run("rollback", "--by", "老王") == 0
    assert base.shelf.current() == first


def test_an_answer_without_evidence_is_not_published(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.screen=租房每年最多 99999 元。")
    base.run("review", "withdrawal-rent-limit", "--by", "老王")

    assert base.run("publish", "--by", "小李") == 1

    assert "99999" in capsys.readouterr().err
    assert base.shelf.current() == first


def test_an_entry_is_added_retired_and_seen_in_a_dry_run(
    base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert base.run("export", str(tmp_path / "all.yml")) == 0
    text = (tmp_path / "all.yml").read_text("utf-8").replace("租房一年最多提多少?", "租房一年能提多少?")
    (tmp_path / "all.yml").write_text(text, encoding="utf-8")
    desk = Desk(base.sources, base.shelf.home, lambda: datetime.now(UTC))

    assert base.run("import", str(tmp_path / "all.yml"), "--by", "小李", "--dry-run") == 0
    assert "租房一年能提多少?" in capsys.readouterr().out
    assert desk.entry("withdrawal-rent-limit").title == "租房一年最多提多少?"

    assert base.run("import", str(tmp_path / "all.yml"), "--by", "小李") == 0
    assert desk.entry("withdrawal-rent-limit").title == "租房一年能提多少?"
    assert base.run("retire", "withdrawal-rent-invoice", "--by", "小李") == 0
    assert desk.entry("withdrawal-rent-invoice").state is State.RETIRED


def test_the_check_says_what_stops_a_publish_first(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.screen=租房每年最多 99999 元。")
    capsys.readouterr()

    assert base.run("check") == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("! untraced")
    assert "1 grave" in lines[-1]


async def _record(url: str) -> None:
    database = await Database.open(url)
    store = SqlStore(database)
    for number, (text, outcome) in enumerate(
        (("狗证在哪里办", Outcome.DECLINED), ("狗证咋办", Outcome.DECLINED), ("租房提取额度", Outcome.ANSWERED))
    ):
        await store.append(
            Turn(
                conversation="c",
                channel=ChannelName.WEB,
                message_id=str(number),
                text=text,
                replies=(Reply(text="…"),),
                outcome=outcome,
                evidence=Evidence(candidates=(Candidate(entry="withdrawal-rent-limit", score=0.12),)),
            )
        )
    await database.close()


def test_unanswered_questions_come_from_the_services_own_turns(
    base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_record(f"sqlite:///{tmp_path}/turns.db"))
    capsys.readouterr()

    assert base.run("unanswered", "--database", f"sqlite:///{tmp_path}/turns.db") == 0

    out = capsys.readouterr().out
    assert "狗证" in out
    assert "租房提取额度" not in out
    assert "considered then: withdrawal-rent-limit 0.12" in out
    assert "nearest now" in out
    assert out.splitlines()[-1] == "2 unanswered question(s)"


def test_questions_in_another_encoding_are_refused_in_a_line(
    base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "asked.txt").write_bytes("怎么提".encode("gbk"))

    assert base.run("unanswered", str(tmp_path / "asked.txt")) == 1

    assert capsys.readouterr().err.endswith("asked.txt is not UTF-8 text: save it as UTF-8\n")


def test_a_database_that_is_not_there_is_named_and_not_made(base: Base, tmp_path: Path) -> None:
    assert base.run("unanswered", "--database", f"sqlite:///{tmp_path}/none.db") == 1

    assert not (tmp_path / "none.db").exists()


def test_another_encoder_is_learned_for_by_one_command(base: Base, tmp_path: Path) -> None:
    """The trained model, saved anywhere, stands for any sentence-transformers model."""
    _saved(base, tmp_path / "model")
    first = base.shelf.manifest(base.shelf.current())

    assert base.run("--encoder", str(tmp_path / "model"), "build") == 0

    second = base.shelf.manifest(base.shelf.current())
    assert (second.encoder, second.learned == first.learned) == (str(tmp_path / "model"), False)
    assert load_edition(base.shelf, second.version).finder.find("租房提取额度").entries[0] == "withdrawal-rent-limit"


def _transformer(folder: Path, pooling: str) -> Path:
    """Save a small BERT over single characters, as it was born, for sentence-transformers."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = [*special, *sorted(set("租房提取额度上限发票一年能多少单位登记罚款公积金"))]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bare")
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(vocabulary), **size)).save_pretrained(folder / "bare")
    modules = [Transformer(str(folder / "bare")), Pooling(32, pooling_mode=pooling)]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_transformer_is_learned_for_and_left_again_each_by_one_command(
    base: Base, tmp_path: Path, pooling: str
) -> None:
    model, first = _transformer(tmp_path / "bert", pooling), base.shelf.current()

    assert base.run("--encoder", str(model), "build") == 0

    second = base.shelf.manifest(base.shelf.current())
    assert second.encoder == str(model)
    assert second.metrics["calibration_error"] >= 0
    edition = load_edition(base.shelf, second.version)
    assert edition.finder.seeker.index.vectors.shape[1] == 32
    assert edition.finder.find("租房提取额度").entries[0] == "withdrawal-rent-limit"
    assert base.run("build") == 0
    assert base.shelf.current() == first


def _saved(base: Base, folder: Path) -> Path:
    """Save the encoder of the base somewhere else, as any model is saved."""
    trained = next(path for path in base.shelf.encoders.iterdir() if path.is_dir())
    Encoder.load(str(trained)).save(folder)
    return folder


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("modules.json", ""),
        ("modules.json", "not a folder"),
        ("modules.json", "{}"),
        ("modules.json", "[5]"),
        ("model.safetensors", ""),
        ("model.safetensors", "cut off"),
        ("tokenizer.json", "{"),
    ],
)
def test_an_encoder_that_cannot_be_loaded_leaves_the_old_index_serving(
    base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, content: str
) -> None:
    first, folder = base.shelf.current(), _saved(base, tmp_path / "broken")
    assert (folder / file).exists()
    (folder / file).write_text(content, encoding="utf-8")

    assert base.run("--encoder", str(folder), "build") == 1

    assert "broken" in capsys.readouterr().err
    assert base.shelf.current() == first
    assert load_edition(base.shelf, first).finder.find("租房提取额度").entries[0] == "withdrawal-rent-limit"


def test_vectors_that_are_no_numbers_are_refused(base: Base, tmp_path: Path) -> None:
    model = Encoder.load(str(_saved(base, tmp_path / "model")))
    model._model[0].embedding.weight.data.fill_(float("nan"))
    model.save(tmp_path / "nothing")

    with pytest.raises(KnowledgeUnavailable, match="not numbers"):
        Encoder.load(str(tmp_path / "nothing"))


def test_a_folder_that_is_not_there_is_named_at_once(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    assert base.run("--encoder", "/no/such/model", "build") == 1

    assert "'/no/such/model' cannot be loaded: there is no such folder" in capsys.readouterr().err


def test_a_hub_that_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*given: object, **named: object) -> None:
        raise httpx2.ConnectError("Name or service not known")

    monkeypatch.setattr("knowledge_base.encoder.HfApi.model_info", unreachable)

    with pytest.raises(KnowledgeUnavailable, match="no such folder, and the hub cannot be reached"):
        Encoder.load("nobody/nothing-of-this-name")


def test_what_is_served_needs_no_longer_what_it_was_built_from(base: Base, tmp_path: Path) -> None:
    folder = _saved(base, tmp_path / "model")
    assert base.run("--encoder", str(folder), "build") == 0
    version = base.shelf.current()

    shutil.rmtree(folder)

    assert base.shelf.manifest(version).encoder == str(folder)
    assert load_edition(base.shelf, version).finder.find("租房提取额度").entries[0] == "withdrawal-rent-limit"


def test_a_model_trained_further_in_its_folder_is_learned_for_anew(base: Base, tmp_path: Path) -> None:
    folder = _saved(base, tmp_path / "model")
    assert base.run("--encoder", str(folder), "build") == 0
    before = base.shelf.manifest(base.shelf.current())
    further = Encoder.load(str(folder))
    further._model[0].embedding.weight.data.mul_(-1.0)
    further.save(tmp_path / "further")
    shutil.rmtree(folder)
    (tmp_path / "further").rename(folder)

    assert base.run("--encoder", str(folder), "build") == 0

    after = base.shelf.manifest(base.shelf.current())
    assert after.learned != before.learned
    assert load_edition(base.shelf, before.version).version == before.version


@pytest.mark.parametrize("weights", ["half", "other"])
def test_an_index_is_not_used_with_another_encoder(base: Base, tmp_path: Path, weights: str) -> None:
    own = next(path for path in base.shelf.encoders.iterdir() if path.is_dir())
    other = Encoder.load(str(own))
    table = other._model[0].embedding
    size = table.weight.shape[1]
    table.weight.data = table.weight.data[:, : size // 2].contiguous() if weights == "half" else -table.weight.data
    other.save(tmp_path / "other")
    shutil.rmtree(own)
    (tmp_path / "other").rename(own)

    with pytest.raises(KnowledgeUnavailable, match="build again"):
        load_edition(base.shelf, base.shelf.current())


def test_the_command_line_works_where_the_settings_say(
    base: Base, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIAJIA_KNOWLEDGE__VERSIONS", str(base.shelf.home))
    monkeypatch.setenv("JIAJIA_KNOWLEDGE__DIRECTORY", str(base.sources))
    monkeypatch.setenv("JIAJIA_KNOWLEDGE__ENCODER", "/no/such/model")

    assert command_line(["versions"]) == 0
    assert base.shelf.current() in capsys.readouterr().out
    assert command_line(["build"]) == 1
    assert "/no/such/model" in capsys.readouterr().err
    assert command_line(["--encoder", "trained", "build"]) == 0

    monkeypatch.setenv("JIAJIA_KNOWLEDGE__ENCODRE", "x")
    assert command_line(["versions"]) == 1
    assert "JIAJIA_KNOWLEDGE__ENCODRE" in capsys.readouterr().err


def _start(base: Base) -> None:
    """What a start of the service does about knowledge."""
    ensure_knowledge(Settings(knowledge=Knowledge(directory=base.sources, versions=base.shelf.home)))


def test_a_start_does_not_serve_what_nobody_reviewed(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.spoken=随便取。")

    _start(base)

    assert base.shelf.current() == first
    assert "还没有第二个人看过(withdrawal-rent-limit)" in capsys.readouterr().out
    base.run("review", "withdrawal-rent-limit", "--by", "老王")
    _start(base)
    assert base.shelf.current() != first


def test_a_start_does_not_undo_a_rollback(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.spoken=每年最多{rent_cap}元。")
    base.run("review", "withdrawal-rent-limit", "--by", "老王")
    assert base.run("publish", "--by", "小李") == 0
    assert base.run("rollback", "--by", "老王") == 0

    _start(base)

    assert base.shelf.current() == first
    assert f"退回了知识版本 {first}" in capsys.readouterr().out
    assert base.run("publish", "--by", "小李") == 0
    assert base.shelf.current() != first


def test_files_changed_elsewhere_are_taken_up_by_a_start(base: Base) -> None:
    first = base.shelf.current()
    file = base.sources / "faq" / "withdrawal" / "rent.yml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("spoken: 租房提取每户", "spoken: 每户", 1), encoding="utf-8"
    )

    _start(base)

    assert base.shelf.current() != first


STOLEN = ("不去登记会怎么罚", "公司拖着不登记", "不给开户罚不罚款", "没办登记罚几万块", "登记拖久了罚钱不")


def test_a_change_that_takes_the_questions_of_others_is_refused_by_name(
    base: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    probes = base.sources / "evaluation" / "probes" / "all.tsv"
    rows = "".join(f"contribution-unregistered-fine\t{question}\n" for question in STOLEN)
    probes.write_text(probes.read_text(encoding="utf-8") + rows, encoding="utf-8")
    assert base.run("build") == 0
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-invoice", "--by", "小李", *(f"similar+={question}" for question in STOLEN))
    base.run("review", "withdrawal-rent-invoice", "--by", "老王")

    assert base.run("publish", "--by", "小李") == 1

    told = capsys.readouterr().err
    assert "withdrawal-rent-invoice now answers" in told
    assert "contribution-unregistered-fine, now withdrawal-rent-invoice" in told
    assert base.shelf.current() == first


def test_an_entry_that_is_retired_is_not_missed_by_its_own_probes(base: Base) -> None:
    base.run("retire", "contribution-unregistered-fine", "--by", "小李")
    base.run("review", "contribution-unregistered-fine", "--by", "老王")

    assert base.run("publish", "--by", "小李") == 0


def test_what_was_published_before_going_back_needs_no_second_review(base: Base) -> None:
    file = base.sources / "faq" / "withdrawal" / "rent.yml"
    text = file.read_text(encoding="utf-8").replace("spoken: 租房提取每户", "spoken: 每户", 1)
    file.write_text(text, encoding="utf-8")
    assert base.run("build") == 0  # as a pull of the repository does
    second = base.shelf.current()
    assert base.run("rollback", "--by", "老王") == 0

    assert base.run("publish", "--by", "小李") == 0

    assert base.shelf.current() == second


def test_a_build_does_not_serve_what_nobody_reviewed(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    first = base.shelf.current()
    base.run("edit", "withdrawal-rent-limit", "--by", "小李", "answer.spoken=随便取。")

    assert base.run("build") == 1

    assert "not reviewed by a second person: withdrawal-rent-limit" in capsys.readouterr().err
    assert base.shelf.current() == first
