"""All measures: each one of measures.md is there, and equals plain Python over the rows on plans made by chance."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rules.oracle import measured
from tests.rules.oracle_numbers import Missing
from tests.rules.oracle_numbers import Result as Expected
from tests.rules.plan import MEASURE_FILES, OCTOBER, Result, ShippedRules, rule_set, typed_rows
from tests.rules.random_plans import random_plan

PLAN_RULES = ShippedRules.of(*MEASURE_FILES)

SECTIONS = {
    "2": "revenue_mth revenue_ytd revenue_l12m gross_margin_mth gross_margin_ytd gross_margin_l12m contribution_mth"
    " contribution_ytd contribution_l12m gross_margin_pct_ytd contribution_pct_ytd outlook_fy outlook_fy_vs_plan"
    " outlook_fy_change outlook_fy_realised outlook_fy_revised nrr grr nrr_mrr share_of_wallet forecast_wape_lag1"
    " forecast_wape_lag3 forecast_accuracy_lag1 forecast_accuracy_lag3 forecast_bias_lag1 forecast_bias_lag3",
    "3": "whitespace_value whitespace_value_by_status whitespace_unsized whitespace_penetration whitespace_mapped"
    " whitespace_pursued pipeline_weighted pipeline_in_year gap_to_target pipeline_coverage pipeline_coverage_open"
    " pipeline_coverage_required hit_rate hit_rate_value renewal_rate fruition",
    "4": "relationship_strength decision_maker_coverage contacts_cold contacts_cold_pct contacts_never_met threads"
    " threads_by_unit thread_counterparts level_contacts_kept level_contacts_by_pair",
    "5": "objective_results objectives_on_track objectives_not_measurable kpi_attainment kpi_level actions_on_time"
    " actions_on_time_ours actions_on_time_theirs actions_overdue actions_slipped outcome_rate outcomes_assessed"
    " value_delivered issues_within_sla issues_open issues_overdue issues_days_to_resolve issues_satisfied"
    " issues_satisfied_unanswered service_levels_met",
    "6": "offer_creep offer_creep_pct offer_creep_cost resource_cost days_since_review review_overdue review_score"
    " renewals_by_contract renewal_value_90 renewals_uncovered freshness health health_parts qualification"
    " qualification_criteria qualification_proposal",
}
SEEDS = range(22)


def section_measures() -> list[tuple[str, str]]:
    return [(section, name) for section, names in SECTIONS.items() for name in names.split()]


@pytest.mark.parametrize(("section", "name"), section_measures())
def test_every_measure_of_the_method_is_a_rule(section: str, name: str) -> None:
    assert name in {measure.id for measure in rule_set().measures}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rules_agree_with_plain_python_over_the_rows(seed: int) -> None:
    rows = random_plan(seed)
    found, expected = PLAN_RULES.results(rows), measured(typed_rows(rows), OCTOBER)
    differing = {name: (found[name], value) for name, value in expected.items() if not agrees(name, found[name], value)}
    assert not differing


def test_chance_reaches_values_and_reasons_of_nearly_all_measures() -> None:
    """Guard the comparison itself: plans that are all empty would agree on everything."""
    plans = [measured(typed_rows(random_plan(seed)), OCTOBER) for seed in SEEDS]
    without_history = {name for name, value in plans[0].items() if value == Missing("no_history")}
    valued = {name for plan in plans for name, value in plan.items() if not isinstance(value, Missing)}
    missing = {name for plan in plans for name, value in plan.items() if isinstance(value, Missing)}
    assert not set(plans[0]) - without_history - valued
    assert len(missing) > len(plans[0]) * 3 // 4


def agrees(name: str, found: Result, expected: Expected) -> bool:
    """Return whether both say the same; ratios leave DuckDB as doubles, so the fifteenth digit may differ."""
    if isinstance(expected, Missing):
        part_of_health = name.startswith("health_")
        return found == f"n.a.: {expected.reason}" or (part_of_health and str(found).startswith("n.a.: "))
    if isinstance(expected, bool | str):
        return found == expected
    if isinstance(expected, int | Fraction):
        allowed = Fraction(1, 10**9) * max(Fraction(1), abs(Fraction(expected)))
        return isinstance(found, int | Decimal) and abs(Fraction(found) - expected) <= allowed
    return found == expected
