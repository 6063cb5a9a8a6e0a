"""The people and places of the sample roster: all invented, and the same every time."""

from collections.abc import Iterator
from dataclasses import dataclass

COUNTY, TOWN = "01", "0101"
COUNTY_NAME, TOWN_NAME = "清河县", "云溪镇"
DEPARTMENTS = ("党政办公室", "农业服务中心", "社会事务办公室", "规划建设办公室", "水利站", "便民服务中心")
# name, groups, households: 399 households in all
VILLAGES = (
    ("东桥村", 5, 70),
    ("柳湾村", 4, 68),
    ("石坪村", 6, 66),
    ("白鹤村", 5, 66),
    ("松林村", 4, 65),
    ("南坡村", 6, 64),
)
VILLAGE_CADRES = 5  # in each village
TOWN_CADRES = 20
DEPARTMENT_CADRES = 4  # in each department
SUPERVISORS = (
    ("D001", TOWN, "镇长"),
    ("D002", "010101", "副镇长"),
    ("D003", "0192", "农业服务中心主任"),
)
ADMINISTRATOR = ("A001", TOWN, "党政办公室干事")

# Numbers without a common divisor, so that no name comes twice.
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢"  # 23
FIRST = "春永长德国文正家世明天桂秀玉金福兴"  # 17
SECOND = "山林生才华英芳兰珍荣贵发清全根水梅友安"  # 19
RARE_NAMES = {17: "李𠮷祥", 230: "周𠮷安"}  # household number → a head whose name many fonts lack

VILLAGE_POSTS = ("村党支部书记", "村委会主任", "村会计", "村妇联主席", "驻村干部")
CAUSES = ("因灾房屋受损", "因灾农田冲毁", "因病", "缺劳力", "因残", "因灾房屋倒塌", "子女上学负担重")
REMARKS = ("独居老人，不用智能手机", "行动不便，请上门", "常年在外务工，可打电话", "听力不好，请慢慢说")


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    parent_code: str
    kind: str


@dataclass(frozen=True)
class Cadre:
    code: str
    name: str
    unit_code: str
    post: str
    phone: str
    roles: str
    max_households: int | None


@dataclass(frozen=True)
class Household:
    code: str
    head: str
    unit_code: str
    address: str
    phone: str
    population: int
    tier: str
    cadre_code: str
    hardship_cause: str
    notes: str


def units() -> Iterator[Unit]:
    yield Unit(COUNTY, COUNTY_NAME, "", "县")
    yield Unit(TOWN, TOWN_NAME, COUNTY, "乡镇")
    for village, (name, groups, _) in enumerate(VILLAGES, start=1):
        yield Unit(_village(village), name, TOWN, "村")
        for group in range(1, groups + 1):
            yield Unit(_group(village, group), f"{name}{group}组", _village(village), "组")
    for number, name in enumerate(DEPARTMENTS, start=1):
        yield Unit(_department(number), name, TOWN, "站所")


def cadres() -> list[Cadre]:
    """The 74 who look after households, then three supervisors and the administrator."""
    posts = list(_cadre_posts())
    looking_after = [
        Cadre(f"G{number:03}", _name(500 + number), unit, post, _cadre_phone(number), "联系干部", 5 + number % 4)
        for number, (unit, post) in enumerate(posts, start=1)
    ]
    others = [(*supervisor, "督导") for supervisor in SUPERVISORS] + [(*ADMINISTRATOR, "管理员")]
    return looking_after + [
        Cadre(code, _name(500 + number), unit, post, _cadre_phone(number), role, None)
        for number, (code, unit, post, role) in enumerate(others, start=len(posts) + 1)
    ]


def households() -> list[Household]:
    """Three in five have a cadre named; the rest is left for automatic pairing."""
    places = [(village, place) for village, (_, _, count) in enumerate(VILLAGES, start=1) for place in range(count)]
    return [_household(number, village, place) for number, (village, place) in enumerate(places, start=1)]


def _household(number: int, village: int, place: int) -> Household:
    name, groups, _ = VILLAGES[village - 1]
    group = place % groups + 1
    tier = _tier(number)
    return Household(
        code=f"H{number:04}",
        head=RARE_NAMES.get(number, _name(number)),
        unit_code=_group(village, group),
        address=f"{name}{group}组{place // groups + 1}号",
        phone="" if number % 12 == 5 else f"1390000{number:04}",
        population=number * 5 % 7 + 1,
        tier=tier,
        cadre_code=_named_cadre(village, place) if number % 5 in (1, 3, 4) else "",
        hardship_cause="" if tier == "一般" else CAUSES[number % len(CAUSES)],
        notes=REMARKS[number // 9 % len(REMARKS)] if number % 9 == 0 else "",
    )


def _cadre_posts() -> Iterator[tuple[str, str]]:
    for village in range(1, len(VILLAGES) + 1):
        yield from ((_village(village), post) for post in VILLAGE_POSTS[:VILLAGE_CADRES])
    yield from ((TOWN, "镇干部") for _ in range(TOWN_CADRES))
    for department in range(1, len(DEPARTMENTS) + 1):
        yield from ((_department(department), "站所干部") for _ in range(DEPARTMENT_CADRES))


def _named_cadre(village: int, place: int) -> str:
    """In turn the village's own and one in six of the others."""
    own = range((village - 1) * VILLAGE_CADRES + 1, village * VILLAGE_CADRES + 1)
    first_other = len(VILLAGES) * VILLAGE_CADRES + village
    last = len(list(_cadre_posts()))
    in_turn = [*own, *range(first_other, last + 1, len(VILLAGES))]
    return f"G{in_turn[place % len(in_turn)]:03}"


def _tier(number: int) -> str:
    """Of twenty households three are 重点, six 关注."""
    if number % 20 in (3, 9, 16):
        return "重点"
    return "关注" if number % 20 in (1, 5, 8, 12, 14, 18) else "一般"


def _name(number: int) -> str:
    parts = (SURNAMES, FIRST, SECOND)
    return "".join(part[number % len(part)] for part in parts)


def _cadre_phone(number: int) -> str:
    return f"1380000{number:04}"


def _village(village: int) -> str:
    return f"{TOWN}{village:02}"


def _group(village: int, group: int) -> str:
    return f"{_village(village)}{group:02}"


def _department(number: int) -> str:
    return f"{TOWN[:2]}{90 + number}"
