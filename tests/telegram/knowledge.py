"""A small knowledge folder for the tests: two interviews, one with a section of two pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ENERGY = """\
今天聊一聊能源
奥特曼认为核能很重要
核能包括小型模块化反应堆和核聚变
他还说
太阳能加储能是长期的方向
短期内美国新增的电力主要来自天然气
如果 a < b && c > d
那就成本不高
"""
FRUIT = {
    "apple": ("苹果", "红色"),
    "banana": ("香蕉", "黄色"),
    "grape": ("葡萄", "紫色"),
    "orange": ("橘子", "橙色"),
    "pear": ("梨子", "青色"),
    "peach": ("桃子", "粉色"),
    "plum": ("李子", "深红"),
    "melon": ("西瓜", "绿色"),
    "mango": ("芒果", "金黄"),
    "coconut": ("椰子", "棕色"),
}
NUCLEAR = "奥特曼怎么看核能？"
SOLAR = "太阳能加储能是什么时候的方向？"
GAS = "美国短期新增的电力主要靠什么？"


def entry(name: str, question: tuple[str, str], phrasings: tuple[str, str], point: tuple[str, str], quote: str) -> Any:
    """Return an entry as a section file holds it, with the wordings that go into the file beside it."""
    return {
        "id": name,
        "question": {"zh": question[0], "en": question[1]},
        "phrasings": phrasings,
        "points": [{"zh": point[0], "en": point[1]}],
        "quotes": [{"text": quote}],
    }


def energy() -> dict[str, Any]:
    """Return the section on energy."""
    nuclear = entry(
        "nuclear-view",
        (NUCLEAR, "What does Altman think of nuclear power?"),
        ("核电站的前景", "nuclear energy opinion"),
        ("他认为核能很重要，软件和信息也一样。", "He considers nuclear power important & <vital>."),
        "奥特曼认为核能很重要\n核能包括小型模块化反应堆和核聚变",
    )
    nuclear["related"] = ["solar", "gas", "cost"]
    nuclear["broad"] = True
    solar = entry(
        "solar",
        (SOLAR, "When are solar and storage the way to go?"),
        ("光伏和电池储能", "solar panels with batteries"),
        ("长期靠太阳能加储能。", "In the long term it is solar with storage."),
        "太阳能加储能是长期的方向",
    )
    gas = entry(
        "gas",
        (GAS, "What will most new US electricity come from?"),
        ("天然气发电", "natural gas generation"),
        ("主要来自天然气。", "Mostly from natural gas."),
        "短期内美国新增的电力主要来自天然气",
    )
    cost = entry(
        "cost",
        ("成本条件 a < b && c > d 说明什么？", "What does the condition a < b && c > d mean?"),
        ("价格贵不贵", "is it expensive"),
        ("如果 <b>a</b> & b，成本就不高。", "If <b>a</b> & b, the cost isn't high."),
        "如果 a < b && c > d\n那就成本不高",
    )
    return {"section": "energy", "title": {"zh": "能源", "en": "Energy"}, "entries": [nuclear, solar, gas, cost]}


def fruit() -> dict[str, Any]:
    """Return a section with more entries than a page shows."""
    entries = [
        entry(name, (f"{zh}是什么颜色的？", f"What colour is a {name}?"), (f"{zh}的颜色", f"{name} colour"),
              (f"{zh}是{colour}的。", f"A {name} has its colour."), f"{zh}是{colour}的")
        for name, (zh, colour) in FRUIT.items()
    ]  # fmt: skip
    return {"section": "fruit", "title": {"zh": "水果", "en": "Fruit"}, "entries": entries}


def interview(title: tuple[str, str], section: str) -> dict[str, Any]:
    """Return an interview's head."""
    return {
        "title": {"zh": title[0], "en": title[1]},
        "source": {"zh": "测试频道", "en": "a test channel"},
        "date": "2025-10",
        "sections": [section],
        "speakers": [{"id": "narrator", "name": {"zh": "大飞转述", "en": "narrator"}}],
    }


def save(path: Path, data: object) -> None:
    """Write one YAML file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def save_section(path: Path, section: dict[str, Any]) -> None:
    """Write a section, its wordings into their own file."""
    blocks = (f"[{one['id']}]\n" + "".join(f"{line}\n" for line in one["phrasings"]) for one in section["entries"])
    entries = [{key: value for key, value in one.items() if key != "phrasings"} for one in section["entries"]]
    save(path, section | {"entries": entries})
    path.with_name(f"{path.stem}.phrasings.txt").write_text("\n".join(blocks), encoding="utf-8")


def read_section(path: Path) -> dict[str, Any]:
    """Return a section as `save_section` takes it."""
    section: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = path.with_name(f"{path.stem}.phrasings.txt").read_text(encoding="utf-8")
    blocks = (block.strip().split("\n") for block in text.split("\n\n"))
    wordings = {heading.strip("[]"): tuple(lines) for heading, *lines in blocks}
    for one in section["entries"]:
        one["phrasings"] = wordings[one["id"]]
    return section


def write(folder: Path) -> Path:
    """Write the whole knowledge; return its folder."""
    terms = [{"id": "altman", "canonical": "奥特曼", "aliases": ["山姆奥特曼", "Sam Altman"], "names": True}]
    save(folder / "lexicon.yaml", {"terms": terms})
    save(folder / "energy-talk" / "interview.yaml", interview(("能源访谈", "A talk on energy"), "energy"))
    save_section(folder / "energy-talk" / "01-energy.yaml", energy())
    (folder / "energy-talk" / "transcript.txt").write_text(ENERGY, encoding="utf-8")
    save(folder / "fruit-talk" / "interview.yaml", interview(("水果访谈", "A talk on fruit"), "fruit"))
    save_section(folder / "fruit-talk" / "01-fruit.yaml", fruit())
    transcript = "".join(f"{zh}是{colour}的\n" for zh, colour in FRUIT.values())
    (folder / "fruit-talk" / "transcript.txt").write_text(transcript, encoding="utf-8")
    return folder
