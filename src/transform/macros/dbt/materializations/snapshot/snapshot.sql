{#- Keeps the history of a query's rows: a row that changed gets an end, and its new form a start. -#}
{%- materialization snapshot, default -%}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set make_strategy = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = make_strategy(model, 'snapshotted_data', 'source_data', model['config'], existing is not none) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and not existing.is_table %}
    {% do exceptions.relation_wrong_type(existing, 'table') %}
  {% endif %}

  {% set staging = none %}
  {% set first_sql = build_snapshot_table(strategy, model['compiled_code']) %}
  {% do check_time_data_types(first_sql) %}
  {% if existing is none %}
    {% set final_sql = create_table_as(False, goal, first_sql) %}
  {% else %}
    {% do wait_for_other_builds(goal) %}
    {% do adapter.assert_valid_snapshot_target_given_strategy(goal, snapshot_meta_columns(), strategy) %}
    {% set staging = build_snapshot_staging_table(strategy, sql, goal) %}
    {% set final_sql = _snapshot_grown(strategy, staging, goal) %}
  {% endif %}

  {% call statement('main') %}
    {{ final_sql }}
  {% endcall %}

  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=False)) %}
  {% do persist_docs(goal, model) %}
  {% if existing is none %}
    {% do create_indexes(goal) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% if staging is not none %}
    {% do post_snapshot(staging) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{#- Gives a snapshot the columns that its query has by now. Returns the statement that brings the staged rows into it. -#}
{% macro _snapshot_grown(strategy, staging, goal) %}
  {% do adapter.expand_target_column_types(from_relation=staging, to_relation=goal) %}
  {% set helping = ['dbt_change_type', 'dbt_unique_key'] %}
  {% for key in strategy.unique_key if strategy.unique_key is not string %}
    {% do helping.append('dbt_unique_key_' ~ loop.index) %}
  {% endfor %}
  {% set missing = [] %}
  {% for column in adapter.get_missing_columns(staging, goal) if column.name | lower not in helping %}
    {% do missing.append(column) %}
  {% endfor %}
  {% do create_columns(goal, missing) %}
  {% set insert_columns = [] %}
  {% for column in adapter.get_columns_in_relation(staging) if column.name | lower not in helping %}
    {% do insert_columns.append(adapter.quote(column.name)) %}
  {% endfor %}
  {% do return(snapshot_merge_sql(target=goal, source=staging, insert_cols=insert_columns)) %}
{% endmacro %}
