"""A curator who makes mistakes is told at once, in one line, and nothing of the files changes."""

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from knowledge_base.commands import main
from knowledge_base.content import read_content
from knowledge_base.sheets import COLUMNS
from knowledge_base.turning_back import Places
from tests.knowledge_base.small import small_sources

ENTRY = "withdrawal-rent-limit"
ADDED = """\
- topic: withdrawal
  subtopic: rent
  id: withdrawal-rent-pets
  title: 租房养狗能提吗?
  similar: [租房提取额度]
  answer: {screen: 没有公布。, spoken: 没有公布。}
  confidence: U
"""


class Curator:
    """Somebody at the command line, on a small base of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sources = folder, small_sources(folder / "kb")

    def says(self, *verb: str) -> int:
        return main(verb, Places(home=self.folder / "versions", sources=self.sources))

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.sources.rglob("*.yml")}

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_bytes(text.encode())
        return str(self.folder / name)


@pytest.fixture
def curator(tmp_path: Path) -> Curator:
    return Curator(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("valid_until=2027-13-01", "valid_until must be a date like 2026-09-20"),
        ("valid_until=明年", "valid_until must be a date like 2026-09-20"),
        ("similar=[开车", "similar must be a list of texts"),
        ("similar-=没有这句", "similar has no '没有这句' to take away"),
        ("titel=x", "unknown key 'titel'"),
        ("title", "is not field=value"),
        ("state=gone", "must be one of draft, review, published, retired"),
        ("answer.spoken=每年最多{rent_capp}元", "unknown parameter 'rent_capp'"),
    ],
)
def test_a_mistaken_edit_is_told_and_changes_nothing(
    curator: Curator, capsys: pytest.CaptureFixture[str], change: str, told: str
) -> None:
    before = curator.files()

    assert curator.says("edit", ENTRY, "--by", "小李", change) == 1

    assert told in capsys.readouterr().err
    assert curator.files() == before


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_question_of_another_entry_is_told_where_it_is_added(
    curator: Curator, capsys: pytest.CaptureFixture[str], dry: tuple[str, ...]
) -> None:
    assert curator.says("add", curator.file("new.yml", ADDED), "--by", "小李", *dry) == 0

    told = capsys.readouterr().out
    assert "'租房提取额度' also stands under withdrawal-rent-pets" in told
    assert "1 similar questions, needs 8" in told


def test_a_file_made_elsewhere_is_read_with_its_marks_and_line_ends(curator: Curator) -> None:
    windows = "\ufeff" + ADDED.replace("\n", "\r\n")

    assert curator.says("add", curator.file("new.yml", windows), "--by", "小李") == 0

    assert "租房养狗能提吗?" in (curator.sources / "faq" / "withdrawal" / "rent.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("new.xls", "", "neither .xlsx nor .yml: save it as one of them"),
        ("new.yml", "- id: x\n  valid_until: 2027-13-01\n", "new.yml:1: row 1: is not YAML: month must be in 1..12"),
        ("new.yml", "- id: x\n  title: 无\n", "topic is '', must be one of "),
        ("new.yml", "id: x\n", "must be a list of rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_place(
    curator: Curator, capsys: pytest.CaptureFixture[str], name: str, text: str, told: str
) -> None:
    assert curator.says("import", curator.file(name, text), "--by", "小李") == 1

    assert told in capsys.readouterr().err


def test_a_day_that_no_calendar_has_is_one_problem_of_its_file(curator: Curator) -> None:
    file = curator.sources / "faq" / "withdrawal" / "rent.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("as_of: 2026-09\n", "as_of: 2026-02-30\n", 1))

    _, problems = read_content(curator.sources)

    assert any("day is out of range" in problem.what for problem in problems)


def test_a_row_taken_out_of_a_sheet_is_said_to_stay(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    path = curator.folder / "all.xlsx"
    assert curator.says("export", str(path)) == 0
    book = load_workbook(path)
    book.worksheets[0].delete_rows(2)
    book.create_sheet("备注", 0).append(["这里随便写"])
    book.save(path)

    assert curator.says("import", str(path), "--by", "小李") == 0

    told = capsys.readouterr().out
    assert "1 entry is not in the file and stays as it is" in told
    assert "nothing changes" in told


def test_a_column_of_ones_own_is_refused_with_what_to_do(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    path = curator.folder / "all.xlsx"
    curator.says("export", str(path))
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(1, len(COLUMNS) + 1).value = "备注"
    sheet.cell(1, COLUMNS.index("owner") + 1).value = "负责人"
    sheet.cell(2, COLUMNS.index("valid_until") + 1).value = datetime(2027, 1, 31)
    book.save(path)

    assert curator.says("import", str(path), "--by", "小李") == 1

    told = capsys.readouterr().err
    assert "unknown or missing columns: 负责人, 备注" in told
    assert "take the column out or name it as in an export" in told


def test_what_is_wrong_with_an_imported_entry_is_told_of_its_row(
    curator: Curator, capsys: pytest.CaptureFixture[str]
) -> None:
    path = curator.folder / "all.xlsx"
    curator.says("export", str(path))
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.insert_rows(2)
    sheet.cell(4, COLUMNS.index("facts") + 1).value = "Z-99"
    book.save(path)

    assert curator.says("import", str(path), "--by", "小李") == 1

    told = capsys.readouterr().err
    assert "unknown fact 'Z-99'" in told
    assert "\nall.xlsx row 4: " in told


def test_an_id_standing_twice_is_told_of_both_rows(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    path = curator.file("new.yml", ADDED + ADDED)

    assert curator.says("add", path, "--by", "小李") == 1

    assert "new.yml row 1 and 2: withdrawal-rent-pets: stands 2 times" in capsys.readouterr().err


@pytest.mark.parametrize("elsewhere", ["../../../escaped", "a/b", "房租"])
def test_an_entry_cannot_be_put_outside_its_folder(
    curator: Curator, capsys: pytest.CaptureFixture[str], elsewhere: str
) -> None:
    before = set(curator.folder.rglob("*.yml"))
    path = curator.file("new.yml", ADDED.replace("subtopic: rent", f"subtopic: {elsewhere}"))

    assert curator.says("add", path, "--by", "小李") == 1

    assert f"new.yml row 1: withdrawal-rent-pets: subtopic '{elsewhere}' must be kebab-case" in capsys.readouterr().err
    assert set(curator.folder.rglob("*.yml")) == before | {curator.folder / "new.yml"}


def test_what_is_missing_is_told_once(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    unsure = ADDED.replace("  confidence: U\n", "")

    assert curator.says("add", curator.file("new.yml", unsure), "--by", "小李") == 1

    assert capsys.readouterr().err.count("confidence") == 1


def test_an_export_that_cannot_be_written_is_told(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    assert curator.says("export", str(curator.folder / "none" / "all.yml")) == 1

    assert "cannot be written" in capsys.readouterr().err


def test_retiring_says_what_is_left_open(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    other = "withdrawal-rent-invoice"
    assert curator.says("edit", other, "--by", "小李", f"follow_ups+={ENTRY}") == 0

    assert curator.says("retire", ENTRY, "--by", "小李") == 0

    told = capsys.readouterr().out
    assert "no other entry answers T123" in told
    assert f"is retired, and {other} lead to it" in told


def test_a_catalogue_row_that_cannot_be_one_is_told(curator: Curator, capsys: pytest.CaptureFixture[str]) -> None:
    assert curator.says("edit", ENTRY, "--by", "小李", "catalogue+=T001、T002") == 0

    assert "'T001、T002' is no row like T001" in capsys.readouterr().out
