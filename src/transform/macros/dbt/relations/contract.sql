{#- Model contracts: the declared columns and constraints as DDL, and the check that the query gives just these. -#}
{% macro get_table_columns_and_constraints() -%}
  {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
  {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
  {%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
  {%- set more = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
  (
    {{ (lines + more) | join(',\n    ') }}
  )
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
  {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
  {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{#- Raises when names or types differ; the order of columns does not matter. -#}
{% macro assert_columns_equivalent(sql) %}
  {%- set declared_of = model['columns'] -%}
  {%- if not declared_of -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set given = get_column_schema_from_query(sql, config.get('sql_header', none)) -%}
  {%- set declared = get_column_schema_from_query(get_empty_schema_sql(declared_of)) -%}
  {%- set given_text = format_columns(given) -%}
  {%- set declared_text = format_columns(declared) -%}
  {%- set matching = [] -%}
  {%- for column in given_text if column in declared_text -%}
    {%- do matching.append(column) -%}
  {%- endfor -%}
  {%- if given_text | length != declared_text | length or matching | length != declared_text | length -%}
    {%- do exceptions.raise_contract_error(declared_text, given_text) -%}
  {%- endif -%}
{% endmacro %}

{% macro format_columns(columns) %}
  {% set texts = [] %}
  {% for column in columns %}
    {%- do texts.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
  {% endfor %}
  {% do return(texts) %}
{% endmacro %}

{% macro default__format_column(column) -%}
  {% do return({
    'name': column.column,
    'data_type': column.dtype,
    'formatted': column.column.lower() ~ ' ' ~ column.dtype,
  }) %}
{%- endmacro %}

{#- The columns of the contract in its order, taken from the query. -#}
{% macro get_select_subquery(sql) %}
  {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{% endmacro %}

{% macro default__get_select_subquery(sql) %}
  select {{ adapter.dispatch('get_column_names', 'dbt')() }}
  from (
    {{ sql }}
  ) as model_subq
{%- endmacro %}

{% macro get_column_names() %}
  {{ return(adapter.dispatch('get_column_names', 'dbt')()) }}
{% endmacro %}

{% macro default__get_column_names() %}
  {%- set names = [] -%}
  {%- for key in model['columns'] -%}
    {%- set column = model['columns'][key] -%}
    {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
  {%- endfor -%}
  {{ return(names | join(', ')) }}
{% endmacro %}
