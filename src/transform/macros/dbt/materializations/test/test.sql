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
  {% set limit = config.get('limit') %}
  {#- The header of a test is part of it only where the project's flag says so. -#}
  {% set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none %}
  {% set main_sql = get_limit_subquery_sql(sql, limit) %}
  {% if should_store_failures() %}
    {% set kind = config.get('store_failures_as') or 'table' %}
    {% if kind not in ['table', 'view'] %}
      {% do exceptions.raise_compiler_error("'" ~ kind ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") %}
    {% endif %}
    {% set goal = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type=kind) %}
    {% set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) %}
    {% do adapter.create_schema(goal) %}
    {% if existing is not none %}
      {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement(auto_begin=True) %}
      {{ header if header }}
      {{ get_create_sql(goal, main_sql) }}
    {% endcall %}
    {% do relations.append(goal) %}
    {% set main_sql = 'select * from ' ~ goal %}
    {{ adapter.commit() }}
  {% endif %}
  {% call statement('main', fetch_result=True) -%}
    {{ header if header }}
    {{ get_test_sql(main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall %}
  {{ return({'relations': relations}) }}
{%- endmaterialization -%}
