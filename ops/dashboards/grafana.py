"""Dashboards in Grafana's own form, by its typed SDK."""

import json
from typing import Any

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    GraphDrawStyle,
    LegendDisplayMode,
    LineStyle,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataSourceRef,
    DynamicConfigValue,
    VariableOption,
)

from ops.dashboards.spec import Dashboard, Panel, Query, Unit, Variable

SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
TAG = "fraud"
HEIGHT, LOW = 8, 4


def to_json(spec: Dashboard) -> str:
    """One dashboard as Grafana provisions it."""
    page = (
        dashboard.Dashboard(spec.title)
        .uid(spec.uid)
        .description(spec.question)
        .tags([TAG])
        .readonly()
        .refresh("5s")
        .time(f"now-{round(spec.hours * 60)}m", "now")
        .timezone("utc")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(
            dashboard.DashboardLink("Dashboards")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .include_vars(True)
            .keep_time(True)
        )
    )
    for variable in spec.variables:
        page = page.with_variable(_variable(variable))
    for number, panel in enumerate(spec.panels, 1):
        page = page.with_panel(_panel(panel).id(number))
    return json.dumps(page.build(), cls=JSONEncoder, indent=1, sort_keys=True) + "\n"


def _panel(panel: Panel) -> Any:
    kind = _number() if panel.is_number else _lines(panel)
    kind = (
        kind.title(panel.title)
        .description(panel.meaning)
        .datasource(SOURCE)
        .unit(panel.unit.value)
        .span(panel.width)
        .height(LOW if panel.is_number else HEIGHT)
    )
    for index, query in enumerate(panel.queries):
        kind = kind.with_target(_target(query, chr(ord("A") + index)))
    return kind


def _lines(panel: Panel) -> timeseries.Panel:
    kind = (
        timeseries.Panel()
        .draw_style(GraphDrawStyle.LINE)
        .line_width(2)
        .fill_opacity(8)
        .show_points(VisibilityMode.NEVER)
        .min(0)
        .legend(common.VizLegendOptions().show_legend(True).display_mode(LegendDisplayMode.LIST))
    )
    if panel.unit is Unit.RATIO:
        kind = kind.decimals(2)
    for query in panel.queries:
        if query.is_threshold:
            style = LineStyle(fill="dash", dash=[8, 8])
            kind = kind.override_by_name(
                query.legend,
                [
                    DynamicConfigValue("custom.lineStyle", style),
                    DynamicConfigValue("custom.fillOpacity", 0),
                    DynamicConfigValue("color", {"mode": "fixed", "fixedColor": "red"}),
                ],
            )
    return kind


def _number() -> stat.Panel:
    options = common.ReduceDataOptions().calcs(["lastNotNull"])
    return stat.Panel().reduce_options(options)


def _target(query: Query, letter: str) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .expr(query.expression)
        .legend_format(query.legend)
        .datasource(SOURCE)
        .ref_id(letter)
    )


def _variable(variable: Variable) -> Any:
    if variable.values:
        first = VariableOption(text=variable.values[0], value=variable.values[0], selected=True)
        return (
            dashboard.CustomVariable(variable.name)
            .label(variable.label)
            .values(",".join(variable.values))
            .current(first)
        )
    return (
        dashboard.QueryVariable(variable.name)
        .label(variable.label)
        .datasource(SOURCE)
        .query(f"label_values({variable.metric}, {variable.of_label})")
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(text="All", value="$__all", selected=True))
    )
