"""A small base of knowledge in a folder of its own, for tests that build and change it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import knowledge_base

FOLDER = Path(knowledge_base.__file__).parent
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

FACTS = """\
- id: C-21
  topic: 租房提取
  statement: "租房提取每户每年最多 16800 元,一年可提 12 次。"
  confidence: V2
  say: dated
  source_title: 关于租房提取的通知
  source_org: 西宁住房公积金管理中心
  source_date: "2025-01-07"
- id: A-1
  topic: 条例
  statement: "逾期不办缴存登记,处 5 万元以上 30 万元以下罚款。"
  confidence: V2+
  say: state
  source_title: 住房公积金管理条例
  doc_no: 国务院令第 844 号
  source_date: "2026-08-18"
"""
PARAMETERS = """\
- id: rent_cap
  label: 租房提取上限
  unit: 元
  values:
    - {value: "14400", from: 2023-01-01, until: 2025-01-06, facts: [C-21]}
    - {value: "16800", from: 2025-01-07, until: null, facts: [C-21]}
"""
RENT = """\
- id: withdrawal-rent-limit
  title: 租房一年最多提多少?
  catalogue: [T123]
  similar:
    - 一年房租能取几个钱
    - 租房提取额度
    - 租房提取上限
    - 房租一年封顶取多少
    - 租金提取年度限额
    - 租的房每年拿多少
    - 租房公积金最高提多少
    - 住出租屋一年给多少
  not_questions: [公租房按多少提]
  answer:
    screen: 租房提取每户每年最多 {rent_cap} 元。
    spoken: 租房提取每户每年最多{rent_cap}元。
  facts: [C-21]
  confidence: V2
  as_of: 2026-09
- id: withdrawal-rent-invoice
  title: 租房提取要发票吗?
  catalogue: [T127]
  similar:
    - 提房租要开票不
    - 没有租金发票能提吗
    - 房东不给发票咋办
    - 租房提取票据
    - 要不要房租税票
    - 提租房钱用不用发票
    - 发票没有还能取房租吗
    - 租房发票 公积金
  answer: {screen: 是否要发票没有查到公开规定。, spoken: 是否要发票没有查到公开规定。}
  facts: [C-21]
  confidence: U
"""
FINE = """\
- id: contribution-unregistered-fine
  title: 逾期不办登记罚多少钱?
  catalogue: [T039]
  similar:
    - 公司不办公积金登记罚款
    - 没登记公积金被罚多少
    - 单位不开户罚几万
    - 逾期登记处罚
    - 不办缴存登记后果
    - 企业没给开公积金户罚款多少
    - 登记晚了罚钱吗
    - 不登记 罚款
  answer: {screen: 《条例》规定处 5 万元以上 30 万元以下罚款。, spoken: 处五万元以上三十万元以下罚款。}
  facts: [A-1]
  confidence: V2+
"""


def small_sources(folder: Path) -> Path:
    """Write the small base with the real lexicon into a folder and return it."""
    for name in ("places.txt", "synonyms.yml", "foreign.txt"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FOLDER / name, folder / name)
    (folder / "facts.yml").write_text(FACTS, encoding="utf-8")
    (folder / "parameters.yml").write_text(PARAMETERS, encoding="utf-8")
    for name, text in (("withdrawal/rent.yml", RENT), ("contribution/fine.yml", FINE)):
        (folder / "faq" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "faq" / name).write_text(text, encoding="utf-8")
    probes = folder / "evaluation" / "probes"
    probes.mkdir(parents=True, exist_ok=True)
    rows = "withdrawal-rent-limit\t我租的房子一年能从里头领多少\ncontribution-unregistered-fine\t公司没去登记要罚钱不\n"
    (probes / "all.tsv").write_text(rows, encoding="utf-8")
    (folder / "evaluation" / "out_of_scope.tsv").write_text(
        "kind\tquestion\nweather\t明天下雨吗\nchat\t讲个笑话\n", encoding="utf-8"
    )
    return folder
