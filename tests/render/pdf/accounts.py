"""Invented accounts as their customers would see them: full, in three languages, with one objective and with twelve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from pipeline.model import PlanView, Scalar
from tests.render.pdf.joint_views import customer_view

Rows = list[dict[str, Scalar]]


def _months(measure: str, unit: str, better: str, agreed: str, actuals: str) -> Rows:
    return [
        {"measure": measure, "unit": unit, "better": better, "agreed": Decimal(agreed),
         "period": date(2026, month, 1), "actual": Decimal(actual)}
        for month, actual in enumerate(actuals.split(), start=1)
    ]  # fmt: skip


def english() -> PlanView:
    """Return a fully filled account in English."""
    return customer_view(
        "en",
        {
            "name": "Contoso Packaging Ltd", "plan_starts_on": date(2026, 1, 1), "plan_ends_on": date(2026, 12, 31),
            "owner": "Ana Silva", "owner_email": "ana.silva@planpress.example", "owner_phone": "+44 20 7946 0018",
            "sponsor": "Jonas Weber", "sponsor_email": "jonas.weber@planpress.example", "sponsor_phone": "+49 89 5550 120",
            "what_we_deliver": "Drives and controls that keep your lines running around the clock, with spare parts in two days anywhere in Europe.\nOne team that knows your plants, one price list, one number to call.",
        },
        objectives=OBJECTIVES, actions=ACTIONS, service_levels=SERVICE_LEVELS, issues=ISSUES,
        opportunities=PROPOSALS, reviews=REVIEWS, team=TEAM,
    )  # fmt: skip


OBJECTIVES: Rows = [
    {
        "no": "O1",
        "objective": "Ship every order within two days",
        "horizon": "short",
        "kpi": "Days from order to shipment, average of all plants",
        "baseline": Decimal(5),
        "target": Decimal(2),
        "current": Decimal("2.6"),
        "due": date(2026, 12, 31),
        "success_measure": "Monthly report of the warehouse, agreed by both sides",
        "our_solution": "Condition monitoring on lines 1 to 4, so that stops are planned, and a consignment stock of the forty parts that stopped you most often in 2025.",
    },
    {
        "no": "O2",
        "objective": "Cut energy per thousand boxes by a fifth",
        "horizon": "medium",
        "kpi": "kWh per thousand boxes",
        "baseline": Decimal(48),
        "target": Decimal(38),
        "current": Decimal("43.5"),
        "due": date(2027, 6, 30),
        "success_measure": "Meter readings of the plant in Leeds, corrected for product mix",
        "our_solution": "New drives on the six largest presses; an energy audit for each plant; joint review of the results every quarter.",
    },
    {
        "no": "O3",
        "objective": "No accident with lost time in any plant",
        "horizon": "long",
        "kpi": "Accidents with lost time per million hours",
        "baseline": Decimal("3.2"),
        "target": Decimal(0),
        "current": Decimal("1.1"),
        "due": date(2027, 12, 31),
        "our_solution": "Safe stop functions on all machines we deliver, training for your fitters.",
    },
    {
        "no": "O4",
        "objective": 'First-pass yield above 97 % on the R&D <EMEA> "x" line',
        "horizon": "short",
        "kpi": "First-pass yield, %",
        "baseline": Decimal(92),
        "target": Decimal(97),
        "current": Decimal("97.4"),
        "due": date(2026, 9, 30),
        "success_measure": "Quality dashboard of the line",
    },
    {
        "no": "O5",
        "objective": "Train every shift in predictive maintenance",
        "horizon": "short",
        "kpi": "Shifts trained, of 12",
        "baseline": Decimal(0),
        "target": Decimal(12),
        "current": Decimal(9),
        "due": date(2026, 12, 15),
        "our_solution": "Two days of training per shift in your own plant, with your own machines.",
    },
]
ACTIONS: Rows = [
    {
        "action": "Install condition monitoring on line 3",
        "serves": "O1",
        "owner": "Tom Baker",
        "side": "ours",
        "due": date(2026, 11, 20),
        "success_measure": "No unplanned stop of line 3 in four weeks",
    },
    {
        "action": "Name a process owner for spare parts in each plant",
        "serves": "O1",
        "owner": "Maria Keller",
        "side": "theirs",
        "due": date(2026, 11, 15),
    },
    {
        "action": "Energy audit of the Leeds plant",
        "serves": "O2",
        "owner": "Priya Shah",
        "side": "ours",
        "due": date(2026, 12, 10),
        "success_measure": "List of measures with savings and cost",
    },
    {
        "action": "Decide on the budget for drives of presses 4 to 6",
        "serves": "O2",
        "owner": "Henrik Olsen",
        "side": "theirs",
        "due": date(2026, 12, 18),
    },
    {
        "action": "Train shifts 10 to 12",
        "serves": "O5",
        "owner": "Lena Fischer",
        "side": "ours",
        "due": date(2026, 12, 12),
    },
    {
        "action": "Review safe stop functions on older machines",
        "serves": "O3",
        "owner": "Tom Baker",
        "side": "ours",
        "due": date(2027, 1, 29),
    },
    {
        "action": "Share the accident statistics of all plants",
        "serves": "O3",
        "owner": "Maria Keller",
        "side": "theirs",
        "due": date(2027, 1, 15),
    },
    {
        "action": "Consignment stock for forty critical parts",
        "serves": "O1",
        "owner": "Ana Silva",
        "side": "ours",
        "due": date(2026, 4, 30),
        "done_on": date(2026, 4, 22),
        "result": "Stock in place; 31 of 34 urgent parts since May were on the shelf",
    },
    {
        "action": "Condition monitoring on lines 1 and 2",
        "serves": "O1",
        "owner": "Tom Baker",
        "side": "ours",
        "due": date(2026, 6, 30),
        "done_on": date(2026, 7, 3),
        "result": "Unplanned stops down from 11 to 4 a month",
    },
    {
        "action": "New drives on presses 1 to 3",
        "serves": "O2",
        "owner": "Priya Shah",
        "side": "ours",
        "due": date(2026, 8, 31),
        "done_on": date(2026, 8, 28),
        "result": "14 % less energy on these presses",
    },
    {
        "action": "Open the order system for our planners",
        "serves": "O1",
        "owner": "Henrik Olsen",
        "side": "theirs",
        "due": date(2026, 3, 31),
        "done_on": date(2026, 3, 12),
        "result": "Orders seen on the day they are placed",
    },
    {
        "action": "Training material in three languages",
        "serves": "O5",
        "owner": "Lena Fischer",
        "side": "ours",
        "due": date(2026, 5, 31),
        "done_on": date(2026, 5, 18),
        "result": "English, Polish and Czech",
    },
]
SERVICE_LEVELS: Rows = [
    *_months("Delivery on time", "%", "higher", "98", "96.1 97.0 97.4 98.2 98.4 97.9 98.6 98.8 98.9"),
    *_months("Answer to a fault report", "hours", "lower", "4", "3.1 3.4 2.8 3.0 2.6 2.9 2.4 2.7 2.5"),
    *_months("Spare parts delivered within two days", "%", "higher", "95", "88 89 90 91 93 92 94 93 94"),
    *_months("Complaints per thousand deliveries", "", "lower", "2", "3.1 2.8 2.6 2.2 2.0 1.9 1.8 1.9 1.7"),
]
ISSUES: Rows = [
    {
        "what": "Two gearboxes delivered with the wrong flange",
        "raised": date(2026, 10, 12),
        "owner": "Ana Silva",
        "due": date(2026, 11, 6),
    },
    {
        "what": "Invoices of the Brno plant still sent to Leeds",
        "raised": date(2026, 9, 28),
        "owner": "Billing, Marta Nowak",
        "due": date(2026, 11, 13),
    },
    {
        "what": "Remote access blocked by the firewall of plant 2",
        "raised": date(2026, 5, 4),
        "owner": "Tom Baker",
        "due": date(2026, 5, 15),
        "resolved": date(2026, 5, 11),
        "satisfied": True,
    },
    {
        "what": "Late delivery of three encoders",
        "raised": date(2026, 2, 9),
        "owner": "Ana Silva",
        "due": date(2026, 2, 20),
        "resolved": date(2026, 2, 18),
        "satisfied": False,
    },
]
PROPOSALS: Rows = [
    {
        "name": "Energy contract with guaranteed saving",
        "objective": "O2",
        "proposal_text": "We equip presses 4 to 6 and are paid from the energy you save. If the saving stays below 15 %, we bear the difference. A first calculation for Leeds lies ready for the December review.",
    },
    {
        "name": "Remote service around the clock for all plants",
        "objective": "O1",
        "proposal_text": "One number, day and night, with access to the monitoring of all lines.",
    },
]
REVIEWS: Rows = [
    {
        "held_on": date(2026, 9, 17),
        "kind": "business_review",
        "participants": "Maria Keller, Henrik Olsen, Ana Silva, Tom Baker",
        "agreed": "The target for energy stays at 38 kWh although the product mix changed.\nTraining of the last three shifts moves to December.",
        "next_review": date(2026, 12, 9),
        "agreed_by_us": "Ana Silva",
        "agreed_by_customer": "Maria Keller",
    },
    {
        "held_on": date(2026, 3, 24),
        "kind": "annual_planning",
        "participants": "Maria Keller, Jonas Weber, Ana Silva",
        "agreed": "The five objectives of this plan and how each is measured.",
        "next_review": date(2026, 9, 17),
        "agreed_by_us": "Jonas Weber",
        "agreed_by_customer": "Maria Keller",
    },
]
TEAM: Rows = [
    {
        "name": "Ana Silva",
        "email": "ana.silva@planpress.example",
        "phone": "+44 20 7946 0018",
        "role": "Account manager",
        "responsibility": "Leads this account",
    },
    {
        "name": "Tom Baker",
        "email": "tom.baker@planpress.example",
        "phone": "+44 20 7946 0021",
        "role": "Service engineer",
        "responsibility": "Monitoring and machine safety in all plants",
    },
    {
        "name": "Priya Shah",
        "email": "priya.shah@planpress.example",
        "phone": "+44 20 7946 0033",
        "role": "Energy consultant",
        "responsibility": "Energy audits and drives",
    },
    {
        "name": "Lena Fischer",
        "email": "lena.fischer@planpress.example",
        "role": "Trainer",
        "responsibility": "Training of shifts and fitters",
    },
    {
        "name": "Marta Nowak",
        "email": "marta.nowak@planpress.example",
        "phone": "+48 22 555 01 44",
        "role": "Customer service",
        "responsibility": "Orders, deliveries and invoices",
    },
]


def small() -> PlanView:
    """Return the least a customer may be shown: one objective, and nothing else."""
    return customer_view(
        "en",
        {
            "name": "Fabrikam", "plan_starts_on": date(2026, 1, 1), "plan_ends_on": date(2026, 12, 31),
            "owner": "Ana Silva", "owner_email": "ana.silva@planpress.example",
        },
        objectives=OBJECTIVES[:1],
    )  # fmt: skip


def large() -> PlanView:
    """Return an account with twelve objectives, sixty actions and long texts."""
    sentence = "We agreed on this after a long discussion of what stood in the way last year and who can change it. "
    objectives = [
        {**OBJECTIVES[i % 5], "no": f"O{i + 1}", "objective": f"{OBJECTIVES[i % 5]['objective']} ({i + 1})",
         "our_solution": sentence * (1 + i % 4)}
        for i in range(12)
    ]  # fmt: skip
    actions = [
        {**ACTIONS[i % 12], "serves": f"O{i % 12 + 1}", "action": f"{ACTIONS[i % 12]['action']}, part {i + 1}",
         "due": date(2026, 11, 1) + timedelta(days=i)}
        for i in range(60)
    ]  # fmt: skip
    return customer_view(
        "en",
        {
            "name": "Northwind Traders International Holding and Subsidiaries (Europe, Middle East and Africa)",
            "plan_starts_on": date(2026, 1, 1), "plan_ends_on": date(2026, 12, 31),
            "owner": "Ana Silva", "owner_email": "ana.silva@planpress.example", "sponsor": "Jonas Weber",
            "what_we_deliver": sentence * 6,
        },
        objectives=objectives, actions=actions, service_levels=SERVICE_LEVELS, issues=ISSUES * 4,
        opportunities=PROPOSALS * 3, reviews=REVIEWS * 3, team=TEAM,
    )  # fmt: skip


def german() -> PlanView:
    """Return a German account."""
    return customer_view(
        "de",
        {
            "name": "Musterwerk Maschinenbau GmbH & Co. KG", "plan_starts_on": date(2026, 1, 1),
            "plan_ends_on": date(2026, 12, 31), "owner": "Anna Berger", "owner_email": "anna.berger@planpress.example",
            "owner_phone": "+49 89 5550 118", "sponsor": "Jürgen Groß", "sponsor_email": "juergen.gross@planpress.example",
            "what_we_deliver": "Antriebe und Steuerungen, die Ihre Fertigung rund um die Uhr am Laufen halten – mit Ersatzteilen binnen zwei Tagen.",
        },
        objectives=[
            {"no": "O1", "objective": "Jeden Auftrag binnen zwei Tagen ausliefern", "horizon": "short", "kpi": "Tage vom Auftrag bis zum Versand", "baseline": Decimal("5.5"), "target": Decimal(2), "current": Decimal("3.25"), "due": date(2026, 12, 31), "success_measure": "Monatsbericht des Lagers", "our_solution": "Zustandsüberwachung der Linien 1 bis 4 und ein Konsignationslager mit den vierzig wichtigsten Ersatzteilen."},
            {"no": "O2", "objective": "Ausschuss auf unter 2 % senken", "horizon": "medium", "kpi": "Ausschuss in Prozent der Gutteile", "baseline": Decimal("4.8"), "target": Decimal(2), "current": Decimal("5.1"), "due": date(2027, 3, 31), "our_solution": "Prüfplatz an Linie 2, Schulung der Einrichter."},
        ],
        actions=[
            {"action": "Zustandsüberwachung an Linie 3 einbauen", "serves": "O1", "owner": "Thomas Bäcker", "side": "ours", "due": date(2026, 11, 20), "success_measure": "Vier Wochen ohne ungeplanten Stillstand"},
            {"action": "Verantwortliche für Ersatzteile je Werk benennen", "serves": "O1", "owner": "Maria Keller", "side": "theirs", "due": date(2026, 11, 15)},
            {"action": "Konsignationslager einrichten", "serves": "O1", "owner": "Anna Berger", "side": "ours", "due": date(2026, 4, 30), "done_on": date(2026, 4, 22), "result": "31 von 34 dringenden Teilen lagen bereit"},
        ],
        service_levels=_months("Termintreue der Lieferungen", "%", "higher", "98", "96.1 97.0 97.4 98.2 98.4 97.9"),
        issues=[{"what": "Rechnungen für Werk Brünn gehen noch nach Augsburg", "raised": date(2026, 9, 28), "owner": "Marta Nowak", "due": date(2026, 11, 13)}],
        reviews=[{"held_on": date(2026, 9, 17), "kind": "business_review", "participants": "Maria Keller, Anna Berger", "agreed": "Der Zielwert für den Ausschuss bleibt bei 2 %.", "next_review": date(2026, 12, 9), "agreed_by_us": "Anna Berger", "agreed_by_customer": "Maria Keller"}],
        team=[{"name": "Thomas Bäcker", "email": "thomas.baecker@planpress.example", "phone": "+49 89 5550 121", "role": "Servicetechniker", "responsibility": "Zustandsüberwachung in allen Werken"}],
    )  # fmt: skip


def japanese() -> PlanView:
    """Return a Japanese account."""
    return customer_view(
        "ja",
        {
            "name": "株式会社山田製作所", "plan_starts_on": date(2026, 4, 1), "plan_ends_on": date(2027, 3, 31),
            "owner": "佐藤 健一", "owner_email": "kenichi.sato@planpress.example", "owner_phone": "+81 3 5550 0118",
            "sponsor": "髙橋 美咲", "sponsor_email": "misaki.takahashi@planpress.example",
            "what_we_deliver": "貴社の生産ラインを24時間止めない駆動・制御システムと、国内全拠点への翌々日までの部品供給をお約束します。",
        },
        objectives=[
            {"no": "O1", "objective": "すべての受注を二日以内に出荷する", "horizon": "short", "kpi": "受注から出荷までの平均日数", "baseline": Decimal(5), "target": Decimal(2), "current": Decimal("2.6"), "due": date(2026, 12, 31), "success_measure": "倉庫の月次報告", "our_solution": "1～4号ラインの状態監視と、停止原因となった重要部品40点の預託在庫を整備します。"},
            {"no": "O2", "objective": "箱千個あたりの電力量を二割削減する", "horizon": "medium", "kpi": "千個あたりの電力量（kWh）", "baseline": Decimal(48), "target": Decimal(38), "current": Decimal("43.5"), "due": date(2027, 6, 30)},
        ],
        actions=[
            {"action": "3号ラインに状態監視を導入する", "serves": "O1", "owner": "鈴木 大輔", "side": "ours", "due": date(2026, 11, 20)},
            {"action": "各工場で部品管理の責任者を決める", "serves": "O1", "owner": "渡邉 由美", "side": "theirs", "due": date(2026, 11, 15)},
            {"action": "預託在庫を開始する", "serves": "O1", "owner": "佐藤 健一", "side": "ours", "due": date(2026, 4, 30), "done_on": date(2026, 4, 22), "result": "緊急部品34点のうち31点を在庫から供給"},
        ],
        service_levels=_months("納期遵守率", "%", "higher", "98", "96.1 97.0 97.4 98.2 98.4 97.9"),
        issues=[{"what": "誤ったフランジの減速機が二台納品された", "raised": date(2026, 10, 12), "owner": "佐藤 健一", "due": date(2026, 11, 6)}],
        opportunities=[{"name": "省エネ保証契約", "objective": "O2", "proposal_text": "4～6号プレスに新型ドライブを導入し、削減できた電力料金からお支払いいただきます。"}],
        reviews=[{"held_on": date(2026, 9, 17), "kind": "business_review", "participants": "渡邉 由美、佐藤 健一", "agreed": "電力量の目標値は38kWhのまま据え置く。", "next_review": date(2026, 12, 9), "agreed_by_us": "佐藤 健一", "agreed_by_customer": "渡邉 由美"}],
        team=[{"name": "鈴木 大輔", "email": "daisuke.suzuki@planpress.example", "role": "サービスエンジニア", "responsibility": "全工場の状態監視"}],
    )  # fmt: skip


ACCOUNTS: dict[str, Callable[[], PlanView]] = {
    "english": english, "german": german, "japanese": japanese, "small": small, "large": large,
}  # fmt: skip
