"""The scripted week: import, pairing, joining, a visit, a problem and its course, and Monday's digest.

Everybody acts through the sandbox's HTTP, as the phones page does; the operator types real commands.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.demo.narrator import remark, scene, tell_act, tell_message
from bot.demo.operator import Operator
from bot.demo.proof import prove
from bot.demo.stage import DemoStage, opened
from bot.demo.town import ROSTER
from models.queries import demo as rows
from models.queries.demo import Leads
from sandbox.client import Hand, SandboxClient
from services import card_printing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAID = "今年的玉米收成还可以。"
TROUBLE = "家里的自来水停了两天了，老人挑不动水。"


@dataclass
class Week:
    """What the scenes share; people join as they come in."""

    stage: DemoStage
    client: SandboxClient
    operator: Operator
    leads: Leads

    admin: Hand
    cadre: Hand
    supervisor: Hand
    household: Hand

    async def quiet(self) -> None:
        await self.stage.post.until_quiet()


async def play_week() -> int:
    """Play it on a free port; 0 where the rows say the same as the conversation, else an AssertionError says what."""
    async with (
        opened(0) as stage,
        SandboxClient(stage.url, on_act=tell_act, on_message=tell_message) as client,
    ):
        operator = Operator(stage)
        admin = await _let_the_administrator_in(stage, client, operator)
        await _import_and_pair(admin)
        leads = await stage.post.backroom.read(rows.leads)
        week = Week(
            stage,
            client,
            operator,
            leads,
            admin,
            await client.add(leads.cadre.name, phone=leads.cadre.phone),
            await client.add(leads.supervisor.name, phone=leads.supervisor.phone),
            await client.add(leads.household.head, phone=leads.household.phone),
        )
        for title, play in SCENES:
            scene(title)
            await play(week)
            await week.quiet()
        scene("核对数据库 The rows say the same")
        for line in await stage.post.backroom.read(lambda session: prove(session, leads, stage.office)):
            remark(f"✓ {line}")
    return 0


async def _let_the_administrator_in(stage: DemoStage, client: SandboxClient, operator: Operator) -> Hand:
    scene("运维：开通 The operator sets up")
    remark(await operator.runs("import-roster", *operator.first_files(ROSTER), "--apply"))
    admin_row = (await stage.post.backroom.read(rows.officials))[0]
    link = await operator.runs("invite", "--role", "admin", "--unit", admin_row.unit_code, "--person", admin_row.code)
    admin = await client.add(admin_row.name, phone=admin_row.phone)
    scene("管理员加入 The administrator joins")
    await _join(admin, link)
    return admin


async def _join(hand: Hand, link: str) -> None:
    await hand.opens(link)
    await hand.sees("同意")
    await hand.taps("同意")
    await hand.sees("您好")


async def _import_and_pair(admin: Hand) -> None:
    scene("导入名册 Import the roster")
    await admin.keys("导入名册")
    await admin.sees("把名册")
    await admin.sends_document(ROSTER.read_bytes(), ROSTER.name, XLSX)
    preview = await admin.sees("399")
    await admin.taps("确认", on=preview)
    await admin.sees("名册已导入")
    scene("结对 Pair the rest")
    await admin.keys("结对")
    preview = await admin.sees("自动结对预览")
    await admin.taps("确认", on=preview)
    await admin.sees("已结对 159 户")


async def _officials_join(week: Week) -> None:
    for hand, role, official in (
        (week.cadre, "cadre", week.leads.cadre),
        (week.supervisor, "supervisor", week.leads.supervisor),
    ):
        await _join(
            hand,
            await week.operator.runs("invite", "--role", role, "--unit", official.unit_code, "--person", official.code),
        )


async def _household_joins(week: Week) -> None:
    home = week.leads.household
    pdf = str(week.stage.folder / "cards.pdf")
    await week.operator.runs("cards", "--unit", home.unit_code, pdf)
    (card,) = await week.stage.post.backroom.read(
        lambda session: card_printing.printed_cards(session, week.stage.office, household_ids=[home.id])
    )
    remark(f"干部把联系卡送到 {home.head} 家，家人扫码")
    await week.household.opens(card.link)
    await week.household.sees("同意")
    await week.household.taps("同意")
    await week.household.sees("手机号")
    await week.household.shares_own_contact()
    await week.household.sees("连上")
    await week.household.keys("我的联系卡")
    await week.household.sees(home.head, week.leads.cadre.name)


async def _visit(week: Week) -> None:
    await week.cadre.keys("今日走访")
    await week.cadre.sees("")
    await week.cadre.keys("记走访")
    await week.cadre.sees("去了哪一户")
    await week.cadre.says(week.leads.household.code)
    await week.cadre.sees("记走访", week.leads.household.head)
    await week.cadre.says(SAID)
    form = await week.cadre.sees(SAID)
    await week.cadre.taps("保存", on=form)
    await week.cadre.sees("已保存")


async def _report(week: Week) -> None:
    await week.household.keys("反映问题")
    await week.household.sees("哪方面")
    await week.household.taps("饮水")
    await week.household.sees("饮水")
    await week.household.says(TROUBLE)
    form = await week.household.sees(TROUBLE)
    await week.household.taps("提交", on=form)
    await week.household.sees("登记好了", "P-", week.leads.cadre.name)


async def _accept_and_finish(week: Week) -> None:
    await week.cadre.taps("受理")
    await week.cadre.sees("已受理")
    await _finish(week, "水管已接好，当天通水。")


async def _finish(week: Week, how: str) -> None:
    await week.cadre.taps("办结")
    await week.cadre.sees("怎么办的")
    await week.cadre.says(how)
    form = await week.cadre.sees(how)
    await week.cadre.taps("提交", on=form)
    await week.cadre.sees("已办结")


async def _not_solved(week: Week) -> None:
    await week.household.taps("没解决")
    await week.household.sees("重新办理")
    await week.quiet()
    await week.supervisor.sees("没解决")


async def _solved_at_last(week: Week) -> None:
    await _finish(week, "换了新的水表和接头，现场放水给老人看过。")
    await week.quiet()
    await week.household.taps("已解决")
    await week.household.sees("谢谢您")
    await week.household.taps("满意")
    await week.household.sees("记下了")


async def _next_monday(week: Week) -> None:
    remark(f"现在是 {await week.client.move_clock('next_monday')}")
    await week.supervisor.sees("简报", "农户说没解决", "农户确认已经解决")
    await week.supervisor.taps("没解决")
    await week.supervisor.sees("P-")


SCENES: tuple[tuple[str, Callable[[Week], Awaitable[None]]], ...] = (
    ("干部和督导加入 Cadre and supervisor join", _officials_join),
    ("农户加入 The household joins", _household_joins),
    ("走访 A visit", _visit),
    ("反映问题 A problem is reported", _report),
    ("受理、办结 Accepted and done", _accept_and_finish),
    ("农户：没解决 Not solved: reopened", _not_solved),
    ("再办结，农户：已解决 Solved at last", _solved_at_last),
    ("下周一：简报 Next Monday: the digest", _next_monday),
)
