{#- A table that Snowflake keeps fresh by itself. It is made, made anew or altered: whichever its settings and `on_configuration_change` ask for. -#}
{%- materialization dynamic_table, adapter='snowflake' -%}
  {%- set tag = set_query_tag() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='dynamic_table') -%}
  {{ run_hooks(pre_hooks) }}
  {% set build_sql = dynamic_table_get_build_sql(existing, goal) %}
  {% if build_sql | trim == '' %}
    {{ dynamic_table_execute_no_op(goal) }}
  {% else %}
    {{ dynamic_table_execute_build_sql(build_sql, existing, goal) }}
  {% endif %}
  {% if (snowflake__dynamic_table_settings()['scheduler'] or '') | upper == 'DISABLE' %}
    {% call statement('refresh') -%}
      {{ snowflake__refresh_dynamic_table(goal) }}
    {%- endcall %}
  {% endif %}
  {{ run_hooks(post_hooks) }}
  {% do unset_query_tag(tag) %}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{#- What the model says of itself. Without a lag nobody refreshes it but who runs it. -#}
{% macro snowflake__dynamic_table_settings() %}
  {%- set lag = config.get('target_lag', none) -%}
  {%- set warehouse = config.get('snowflake_warehouse', none) or target.get('warehouse', none) -%}
  {%- if not warehouse -%}
    {%- do exceptions.raise_compiler_error('A dynamic table needs a warehouse that refreshes it: `snowflake_warehouse` of the model, or `warehouse` of the profile.') -%}
  {%- endif -%}
  {%- set transient = config.get('transient', none) -%}
  {%- do return({
    'target_lag': lag,
    'warehouse': warehouse,
    'initialization_warehouse': config.get('snowflake_initialization_warehouse', none),
    'refresh_mode': config.get('refresh_mode', none),
    'initialize': config.get('initialize', none),
    'scheduler': config.get('scheduler', none) or ('ENABLE' if lag is not none else 'DISABLE'),
    'row_access_policy': config.get('row_access_policy', none),
    'table_tag': config.get('table_tag', none),
    'cluster_by': snowflake__cluster_keys(),
    'immutable_where': config.get('immutable_where', none),
    'transient': transient if transient is not none else adapter.behavior.snowflake_default_transient_dynamic_tables.no_warn,
  }) -%}
{% endmacro %}

{% macro dynamic_table_get_build_sql(existing_relation, target_relation) %}
  {% if existing_relation is none %}
    {% do return(get_create_sql(target_relation, sql)) %}
  {% elif should_full_refresh() or not existing_relation.is_dynamic_table %}
    {% do return(get_replace_sql(existing_relation, target_relation, sql)) %}
  {% endif %}
  {% set changes = snowflake__get_dynamic_table_configuration_changes(existing_relation, config) %}
  {% if changes is none %}
    {% do exceptions.warn('No configuration changes were identified on: `' ~ target_relation ~ '`. Continuing.') %}
  {% elif _applies_changes(target_relation) %}
    {% do return(snowflake__get_alter_dynamic_table_as_sql(existing_relation, changes, target_relation, sql)) %}
  {% endif %}
  {% do return('') %}
{% endmacro %}

{% macro dynamic_table_execute_no_op(relation) %}
  {{ materialized_view_execute_no_op(relation) }}
{% endmacro %}

{% macro dynamic_table_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {% call statement('main') -%}
    {{ build_sql }}
  {%- endcall %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
{% endmacro %}

{#- What of the table is another than the model says; none where nothing is. -#}
{% macro snowflake__get_dynamic_table_configuration_changes(existing_relation, new_config) %}
  {%- set wanted = snowflake__dynamic_table_settings() -%}
  {%- set found = snowflake__describe_dynamic_table(existing_relation) -%}
  {%- if found is none -%}
    {%- do return({'requires_full_refresh': true}) -%}
  {%- endif -%}
  {%- set changes = {} -%}
  {%- for name in ('target_lag', 'warehouse', 'scheduler') -%}
    {%- set now = found.get(name) -%}
    {%- if wanted[name] is not none and now is not none and (wanted[name] | string | upper) != (now | string | upper) -%}
      {%- do changes.update({name: wanted[name]}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set mode = wanted['refresh_mode'] -%}
  {%- if mode is not none and mode | upper != 'AUTO' and found.get('refresh_mode') and mode | upper != found.get('refresh_mode') | upper -%}
    {%- do changes.update({'requires_full_refresh': true}) -%}
  {%- endif -%}
  {%- set keys = (found.get('cluster_by') or '') | replace('LINEAR(', '') | replace(')', '') -%}
  {%- if (wanted['cluster_by'] or '') | replace(' ', '') | upper != keys | replace(' ', '') | upper -%}
    {%- do changes.update({'cluster_by': wanted['cluster_by'] or ''}) -%}
  {%- endif -%}
  {%- do return(changes if changes else none) -%}
{% endmacro %}

{#- What Snowflake says of a dynamic table, under small names; none where there is none. -#}
{% macro snowflake__describe_dynamic_table(relation) %}
  {%- set rows = run_query('show dynamic tables like ' ~ adapter.quote_literal(relation.identifier) ~ ' in schema ' ~ relation.include(identifier=False)) -%}
  {%- if rows | length == 0 -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set found = {} -%}
  {%- for column in rows.columns -%}
    {%- do found.update({column.name | lower: rows.rows[0][column.name]}) -%}
  {%- endfor -%}
  {%- do return(found) -%}
{% endmacro %}

{% macro snowflake__get_create_dynamic_table_as_sql(relation, sql) -%}
  {%- do snowflake__refuse_iceberg(relation) -%}
  {{ _snowflake_dynamic_table('create', relation, sql, false) }}
{%- endmacro %}

{% macro snowflake__get_replace_dynamic_table_sql(relation, sql) -%}
  {%- do snowflake__refuse_iceberg(relation) -%}
  {{ _snowflake_dynamic_table('create or replace', relation, sql, config.get('copy_grants', false)) }}
{%- endmacro %}

{% macro _snowflake_dynamic_table(words, relation, sql, copies_grants) -%}
  {%- set settings = snowflake__dynamic_table_settings() -%}
  {{ words }} {{ 'transient ' if settings['transient'] }}dynamic table {{ relation }}
    {{ optional('target_lag', settings['target_lag'], "'") }}
    warehouse = {{ settings['warehouse'] }}
    {{ optional('initialization_warehouse', settings['initialization_warehouse']) }}
    {{ optional('refresh_mode', settings['refresh_mode']) }}
    {{ optional('initialize', settings['initialize']) }}
    {{ optional('scheduler', settings['scheduler'], "'") }}
    {{ optional('with row access policy', settings['row_access_policy'], equals_char='') }}
    {{ optional('with tag', settings['table_tag'], quote_char='(', equals_char='') }}
    {{ optional('cluster by', settings['cluster_by'], quote_char='(', equals_char='') }}
    {{ 'copy grants' if copies_grants }}
    {{ optional('immutable where', settings['immutable_where'], quote_char='(', equals_char='') }}
    as (
      {{ sql }}
    )
{%- endmacro %}

{% macro snowflake__get_alter_dynamic_table_as_sql(existing_relation, configuration_changes, target_relation, sql) -%}
  {%- if configuration_changes.get('requires_full_refresh') -%}
    {{ get_replace_sql(existing_relation, target_relation, sql) }}
  {%- else -%}
    {%- set steps = [] -%}
    {%- set sets = [] -%}
    {%- for name, quote in [('target_lag', "'"), ('warehouse', ''), ('scheduler', "'")] if name in configuration_changes -%}
      {%- do sets.append(name ~ ' = ' ~ quote ~ configuration_changes[name] ~ quote) -%}
    {%- endfor -%}
    {%- if sets -%}
      {%- do steps.append('alter dynamic table ' ~ existing_relation ~ ' set ' ~ (sets | join(' '))) -%}
    {%- endif -%}
    {%- if 'cluster_by' in configuration_changes -%}
      {%- set keys = configuration_changes['cluster_by'] -%}
      {%- do steps.append('alter dynamic table ' ~ existing_relation ~ (' cluster by (' ~ keys ~ ')' if keys else ' drop clustering key')) -%}
    {%- endif -%}
    {{ steps | join(';\n') }}
  {%- endif -%}
{%- endmacro %}

{% macro snowflake__get_drop_dynamic_table_sql(relation) %}
  drop dynamic table if exists {{ relation }}
{% endmacro %}

{% macro snowflake__refresh_dynamic_table(relation) -%}
  alter dynamic table {{ relation }} refresh
{%- endmacro %}
