{#- Counts the failing rows of a test; with store_failures it keeps them in a table. -#}
{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
  {{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
select
  {{ fail_calc }} as failures,
  {{ fail_calc }} {{ warn_if }} as should_warn,
  {{ fail_calc }} {{ error_if }} as should_error
from (
  {{ main_sql }}
  {{ 'limit ' ~ limit if limit is not none }}
) dbt_internal_test
{%- endmacro %}

{%- materialization test, default -%}
  {% set relations = [] %}
  {% set main_sql = sql %}
  {% if should_store_failures() %}
    {% set goal = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') %}
    {% set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) %}
    {% do adapter.create_schema(goal) %}
    {% if existing is not none %}
      {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% if config.get('store_failures_as') == 'view' %}
      {% set goal = goal.incorporate(type='view') %}
      {% call statement(auto_begin=True) %}
        {{ get_create_view_as_sql(goal, sql) }}
      {% endcall %}
    {% else %}
      {% call statement(auto_begin=True) %}
        {{ create_table_as(False, goal, sql) }}
      {% endcall %}
    {% endif %}
    {% do relations.append(goal) %}
    {% set main_sql = 'select * from ' ~ goal %}
    {{ adapter.commit() }}
  {% endif %}
  {% call statement('main', fetch_result=True) -%}
    {{ get_test_sql(main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
  {%- endcall %}
  {{ return({'relations': relations}) }}
{%- endmaterialization -%}
