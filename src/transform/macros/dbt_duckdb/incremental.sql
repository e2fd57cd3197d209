{#- Indexes are dropped before the table is altered or replaced, and made again after a new start. -#}
{%- materialization incremental, adapter='duckdb', supported_languages=['sql'] -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set temp = make_temp_relation(goal) -%}
  {%- set intermediate = make_intermediate_relation(goal) -%}
  {%- set stale = load_cached_relation(intermediate) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set starts_over = existing is none or existing.is_view or should_full_refresh() -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(stale) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% if starts_over %}
    {% set made = goal if existing is none else intermediate %}
    {% set partitioned_by = duckdb__get_partitioned_by(goal, False) %}
    {% set sorted_by = duckdb__get_sorted_by(goal, False) %}
    {% call statement('main') %}
      {{ create_table_as(False, made, sql, partitioned_by=partitioned_by, sorted_by=sorted_by) }}
    {% endcall %}
    {% if existing is not none %}
      {{ drop_relation_if_exists(load_cached_relation(this)) }}
      {{ adapter.rename_relation(intermediate, goal) }}
    {% endif %}
  {% else %}
    {% set strategy_macro = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
    {% call statement('create_temp') %}
      {{ create_table_as(True, temp, sql) }}
    {% endcall %}
    {% do add_incremental_rows(strategy_macro, goal, temp, existing, on_schema_change) %}
    {% do adapter.drop_relation(temp) %}
  {% endif %}
  {% if starts_over %}
    {% do create_indexes(goal) %}
  {% endif %}

  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=starts_over)) %}
  {% do persist_docs(goal, model) %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}
