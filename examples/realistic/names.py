"""Invented names and codes of the realistic zone: companies, roads, projects, credit codes with their check digits."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

Record = dict[str, Any]
T = TypeVar("T")

CITY = "栖州市"
ZONE = "栖岭经济技术开发区"
SHORT = "栖"

FIRST = "栖澜朔岚穹砚霁棠榆溯曦珩沅屿蘅昀苍澄穆璟翊渥鸢蓼峤洺汀湛陌旌"
SECOND = "原川野舟岳泓禾序望衡屏津崧图越辰阶潭恪枢梁钧弦朗蔚峰霖翎嘉拓"
ROAD_FIRST = "栖岭云溪松桂青砚汇泽望澜朝晖鹤鸣枫荷"
ROAD_SECOND = "台桥泉塘湾坪浦阳宁安川丰"

# What a company's name says of its trade, what it makes, and in what the output of a project is counted.
TRADES: tuple[tuple[str, str, str], ...] = (
    ("精密机械", "精密减速器", "万台"),
    ("汽车零部件", "汽车底盘零部件", "万套"),
    ("电子科技", "柔性线路板", "万平方米"),
    ("新材料", "高性能复合材料", "吨"),
    ("生物医药", "生物制剂", "万支"),
    ("食品", "休闲食品", "吨"),
    ("光电", "光学镜片", "万片"),
    ("纺织", "功能性面料", "万米"),
    ("包装制品", "环保包装", "万件"),
    ("电气设备", "智能配电柜", "台"),
    ("医疗器械", "一次性医用耗材", "万件"),
    ("环保设备", "水处理设备", "套"),
    ("塑料制品", "工程塑料件", "万件"),
    ("金属制品", "精密铸件", "吨"),
    ("家居", "定制家具", "万套"),
    ("新能源科技", "储能电池模组", "万组"),
    ("半导体", "功率器件封装", "万只"),
    ("仪器仪表", "流量计", "万台"),
)
LOGISTICS: tuple[str, ...] = ("供应链", "物流", "冷链物流", "仓储")
DEVELOPERS: tuple[str, ...] = ("置业", "房地产开发", "商业管理", "城市发展")
SUPPLIERS: tuple[str, ...] = (
    "建设工程",
    "市政工程",
    "园林绿化",
    "物业服务",
    "环境服务",
    "测绘技术",
    "工程咨询",
    "规划设计",
    "文化传播",
    "印务",
    "软件",
    "信息技术",
    "办公用品",
    "检测技术",
    "会展服务",
    "劳务",
    "保安服务",
    "餐饮管理",
)
AGENCIES: tuple[str, ...] = (
    "供电公司",
    "自来水公司",
    "环境监测站",
    "特种设备检验所",
    "机关事务服务中心",
    "政府采购中心",
    "不动产登记中心",
    "职业技术学校",
    "消防救援大队",
    "市场监督管理所",
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(kind: str, region: str, body: str) -> str:
    """Give the code of 18 characters whose check characters (GB 11714 within, GB 32100 at the end) are right.

    >>> credit_code("91", "350100", "M000100Y")
    '91350100M000100Y43'
    """
    rest = 11 - sum(ORGANISATION[each] * weight for each, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11
    head = f"{kind}{region}{body}{'0' if rest == 11 else 'X' if rest == 10 else rest}"
    return head + ALPHABET[-sum(VALUES[each] * weight for each, weight in zip(head, WEIGHTS, strict=True)) % 31]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Somebody who is granted land, signs an agreement or is paid."""

    name: str
    code: str | None = None
    group: str | None = None


class Dice:
    """Chance, in the few shapes that a register needs; the same seed throws the same."""

    def __init__(self, seed: int | str) -> None:
        self.random = Random(seed).random
        self._made = 0

    def chance(self, share: float) -> bool:
        return self.random() < share

    def between(self, low: int, high: int) -> int:
        """Give a whole number from *low* to *high*, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, among: Sequence[T]) -> T:
        return among[int(self.random() * len(among))]

    def weighted(self, among: Sequence[tuple[float, T]]) -> T:
        """Pick one by the weights, which sum to 1."""
        left = self.random()
        for weight, each in among:
            left -= weight
            if left < 0:
                return each
        return among[-1][1]

    def code(self, kind: str) -> str:
        """Give a new credit code of a region that does not exist."""
        self._made += 1
        letters = "".join(self.pick(ALPHABET) for _ in range(2))
        region = f"99{self.between(1, 28):02d}{self.between(1, 31):02d}"
        return credit_code(kind, region, f"MA{letters}{self._made % 10000:04d}")

    def style(self) -> str:
        """Give the distinctive part of a company's name."""
        return self.pick(FIRST) + self.pick(SECOND) + (self.pick(SECOND) if self.chance(0.15) else "")

    def company(self, trade: str, group: str | None = None, style: str | None = None) -> Company:
        ending = "股份有限公司" if self.chance(0.06) else "有限公司"
        name = f"{self.pick((CITY[:2], CITY[:2], ''))}{style or self.style()}{trade}{ending}"
        return Company(name=name, code=self.code("91"), group=group)

    def road(self) -> str:
        return f"{self.pick(ROAD_FIRST)}{self.pick(ROAD_SECOND)}路"
