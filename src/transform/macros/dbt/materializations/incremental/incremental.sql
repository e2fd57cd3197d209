{%- materialization incremental, default -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set temp = make_temp_relation(goal) -%}
  {%- set intermediate = make_intermediate_relation(goal) -%}
  {%- set backup = make_backup_relation(goal, 'table' if existing is none else existing.type) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set to_drop = [] -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {#- In the first build already, as dbt has it here and not on DuckDB: a wrong one is heard of before anything is made. -#}
  {% set strategy_macro = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
  {% set starts_over = existing is none or existing.is_view or should_full_refresh() %}
  {% if existing is none %}
    {% call statement('main') %}
      {{ get_create_table_as_sql(False, goal, sql) }}
    {% endcall %}
  {% elif starts_over %}
    {% call statement('main') %}
      {{ get_create_table_as_sql(False, intermediate, sql) }}
    {% endcall %}
    {% do adapter.rename_relation(existing, backup) %}
    {% do adapter.rename_relation(intermediate, goal) %}
    {% do to_drop.append(backup) %}
  {% else %}
    {% do wait_for_other_builds(goal) %}
    {% do run_query(get_create_table_as_sql(True, temp, sql)) %}
    {% do add_incremental_rows(strategy_macro, goal, temp, existing, on_schema_change) %}
    {% do to_drop.append(temp) %}
  {% endif %}

  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=starts_over)) %}
  {% do persist_docs(goal, model) %}
  {% if starts_over %}
    {% do create_indexes(goal) %}
  {% endif %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% for relation in to_drop %}
    {% do adapter.drop_relation(relation) %}
  {% endfor %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}
